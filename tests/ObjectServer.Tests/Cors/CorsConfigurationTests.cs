using Microsoft.AspNetCore.Http;
using ObjectServer.Cors;

namespace ObjectServer.Tests.Cors;

public sealed class CorsConfigurationTests
{
    private static readonly CorsConfiguration Configuration = new(
    [
        Rule("one", ["GET"], ["http://a.test"], ["content-type"]),
        Rule("two", ["GET", "PUT"], ["http://*.test"], ["X-Amz-*", "Authorization"]),
        Rule("three", ["GET"], ["*"], []),
        Rule("four", ["HEAD"], ["*"], ["*"]),
    ]);

    [Theory]
    [InlineData("http://a.test", "GET", "", "one")]
    [InlineData("http://a.test", "GET", "Content-Type", "one")]
    [InlineData("http://a.test", "GET", "x-amz-date,authorization", "two")]
    [InlineData("http://a.test", "GET", "x-amz-date, content-type", null)]
    [InlineData("http://a.test", "PUT", " X-AMZ-DATE ,, authorization", "two")]
    [InlineData("http://a.test", "PUT", "x-other", null)]
    [InlineData("http://other.example", "GET", "", "three")]
    [InlineData("http://other.example", "GET", "x-amz-date", null)]
    [InlineData("http://other.example", "PUT", "", null)]
    [InlineData("http://other.example", "HEAD", "x-anything", "four")]
    [InlineData("http://other.example", "get", "", null)]
    [InlineData("http://other.example", "DELETE", "", null)]
    [InlineData("HTTP://A.TEST", "PUT", "", null)]
    [InlineData("http://\u00e4.example", "GET", "", null)]
    [InlineData("http://two words", "GET", "", null)]
    [InlineData("http://other.example", "HEAD", "x-\u00e4", null)]
    public void The_first_rule_that_allows_all_of_it_counts(string origin, string method, string headers, string? rule)
    {
        var request = CorsRequest.Read("OPTIONS", Headers(origin, method, headers))!;
        Assert.Equal(rule, Configuration.FindRule(request)?.Id);
    }

    [Fact]
    public void Of_the_request_itself_only_origin_and_method_count()
    {
        Assert.Equal("two", Configuration.FindRule(
            CorsRequest.Read("PUT", Headers("http://a.test", null, "x-other"))!)?.Id);
        Assert.Equal("two", Configuration.FindRule(
            CorsRequest.Read("POST", Headers("http://a.test", "PUT", null))!)?.Id);
        Assert.Null(Configuration.FindRule(CorsRequest.Read("POST", Headers("http://a.test", null, null))!));
    }

    [Fact]
    public void Without_an_origin_there_is_nothing_to_answer() =>
        Assert.Null(CorsRequest.Read("GET", new HeaderDictionary()));

    [Fact]
    public void An_answer_names_the_origin_unless_everybody_is_allowed()
    {
        Assert.Equal(
            [
                "Access-Control-Allow-Origin: http://b.test",
                "Access-Control-Allow-Credentials: true",
                "Access-Control-Allow-Methods: GET, PUT",
                "Access-Control-Allow-Headers: x-amz-date, authorization",
                "Access-Control-Expose-Headers: ETag, x-amz-meta-a",
                "Access-Control-Max-Age: 3000",
                "Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
            ],
            Answer("OPTIONS", "http://b.test", "PUT", "X-Amz-Date,Authorization"));
        Assert.Equal(
            [
                "Access-Control-Allow-Origin: *",
                "Access-Control-Allow-Methods: GET",
                "Access-Control-Expose-Headers: ETag, x-amz-meta-a",
                "Access-Control-Max-Age: 3000",
                "Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
            ],
            Answer("GET", "http://b.example", null, null));
    }

    [Fact]
    public void What_no_rule_allows_is_told_that_others_get_other_answers() => Assert.Equal(
        ["Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method"],
        Answer("DELETE", "http://b.test", null, null));

    private static string[] Answer(string method, string origin, string? requestedMethod, string? requestedHeaders) =>
    [
        .. Configuration
            .Answer(CorsRequest.Read(method, Headers(origin, requestedMethod, requestedHeaders))!)
            .Select(header => $"{header.Key}: {header.Value}"),
    ];

    private static HeaderDictionary Headers(string origin, string? method, string? headers) => new()
    {
        ["Origin"] = origin,
        ["Access-Control-Request-Method"] = method,
        ["Access-Control-Request-Headers"] = headers,
    };

    private static CorsRule Rule(string id, string[] methods, string[] origins, string[] headers) => new()
    {
        Id = id,
        Methods = [.. methods],
        Origins = [.. origins.Select(origin => new CorsPattern(origin))],
        Headers = [.. headers.Select(header => new CorsPattern(header))],
        ExposedHeaders = ["ETag", "x-amz-meta-a"],
        MaxAgeSeconds = 3000,
    };
}

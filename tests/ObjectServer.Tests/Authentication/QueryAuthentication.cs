using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class QueryAuthentication
{
    private const string Credential = "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

    private const string Missing =
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";

    private static readonly string[] Parameters =
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
        Credential,
        "X-Amz-Date=20130524T000000Z",
        "X-Amz-Expires=86400",
        "X-Amz-SignedHeaders=host",
        "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    ];

    [Theory]
    [InlineData("X-Amz-Algorithm")]
    [InlineData("X-Amz-Credential")]
    [InlineData("X-Amz-Date")]
    [InlineData("X-Amz-Expires")]
    [InlineData("X-Amz-SignedHeaders")]
    [InlineData("X-Amz-Signature")]
    public void Every_parameter_is_needed(string name)
    {
        foreach (var replacement in new[] { "", name, name + "=" })
        {
            var error = Refusal(name, replacement);

            Assert.Equal("AuthorizationQueryParametersError", error.Code);
            Assert.Equal(400, error.StatusCode);
            Assert.Equal(Missing, error.Message);
        }
    }

    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA1", "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")]
    [InlineData(
        "X-Amz-Credential=AKID",
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
        + "expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")]
    [InlineData(
        "X-Amz-Credential=AKID/20130524/us-east-1/iam/aws4_request",
        "Error parsing the X-Amz-Credential parameter; incorrect service \"iam\". This endpoint belongs to \"s3\".")]
    [InlineData(
        "X-Amz-Credential=AKID/20130523/us-east-1/s3/aws4_request",
        "Invalid credential date \"20130523\". This date is not the same as X-Amz-Date: \"20130524\".")]
    [InlineData(
        "X-Amz-Date=2013-05-24",
        "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")]
    [InlineData("X-Amz-Expires=soon", "X-Amz-Expires should be a number")]
    [InlineData("X-Amz-Expires=1.5", "X-Amz-Expires should be a number")]
    [InlineData("X-Amz-Expires=-1", "X-Amz-Expires must be non-negative")]
    [InlineData(
        "X-Amz-Expires=604801",
        "X-Amz-Expires must be less than a week (in seconds); "
        + "that is, the given X-Amz-Expires must be less than 604800 seconds")]
    public void A_wrong_parameter_is_refused_with_the_reason(string parameter, string message)
    {
        var error = Refusal(parameter[..parameter.IndexOf('=', StringComparison.Ordinal)], parameter);

        Assert.Equal("AuthorizationQueryParametersError", error.Code);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Another_region_is_refused_with_the_right_one()
    {
        var error = Refusal("X-Amz-Credential", "X-Amz-Credential=AKID/20130524/eu-west-1/s3/aws4_request");

        Assert.Equal("AuthorizationQueryParametersError", error.Code);
        Assert.Equal(
            "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
            error.Message);
        Assert.Equal([new("Region", "us-east-1")], error.Details);
    }

    [Fact]
    public void Version_4A_is_refused_by_name() =>
        Assert.Equal(
            "NotImplemented", Refusal("X-Amz-Algorithm", "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256").Code);

    [Fact]
    public void A_url_expires_when_its_seconds_are_over()
    {
        Assert.Equal(AuthType.Query, Authenticate("2013-05-24T23:59:59Z").AuthType);

        var error = Assert.Throws<S3Exception>(() => Authenticate("2013-05-25T00:00:00Z")).Error;
        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal("Request has expired", error.Message);
        Assert.Equal(
            [
                new("X-Amz-Expires", "86400"),
                new("Expires", "2013-05-25T00:00:00Z"),
                new("ServerTime", "2013-05-25T00:00:00Z"),
            ],
            error.Details);
    }

    [Fact]
    public void A_url_for_no_seconds_has_expired() =>
        Assert.Equal("Request has expired", Refusal("X-Amz-Expires", "X-Amz-Expires=0").Message);

    [Fact]
    public void A_url_from_the_future_is_not_yet_valid()
    {
        Assert.Equal(AuthType.Query, Authenticate("2013-05-23T23:45:00Z").AuthType);

        var error = Assert.Throws<S3Exception>(() => Authenticate("2013-05-23T23:44:59Z")).Error;
        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal("Request is not yet valid", error.Message);
        Assert.Equal(
            [
                new("X-Amz-Date", "1369353600000"),
                new("Expires", "2013-05-25T00:00:00Z"),
                new("ServerTime", "2013-05-23T23:44:59Z"),
            ],
            error.Details);
    }

    [Fact]
    public void The_last_second_of_time_does_not_overflow()
    {
        var error = ExampleAccount.Refusal(
            "GET",
            "/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID/99991231/us-east-1/s3/aws4_request"
            + "&X-Amz-Date=99991231T235959Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
            []);

        Assert.Equal("Request is not yet valid", error.Message);
    }

    [Fact]
    public void A_parameter_that_no_one_signed_does_not_match()
    {
        var error = Refusal("X-Amz-Signature", Parameters[^1] + "&response-content-type=text/html");

        Assert.Equal("SignatureDoesNotMatch", error.Code);
        Assert.Contains(error.Details, detail =>
            detail.Key == "CanonicalRequest"
            && detail.Value.Contains("&response-content-type=text%2Fhtml\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Headers_that_change_the_meaning_must_be_signed()
    {
        var error = ExampleAccount.Refusal(
            "GET", Target(Parameters), new() { ["Host"] = "h", ["x-amz-acl"] = "public-read" });

        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal([new("HeadersNotSigned", "x-amz-acl")], error.Details);
    }

    [Fact]
    public void A_hash_in_the_header_stands_in_the_canonical_request_signed_or_not()
    {
        var headers = new HeaderDictionary
        {
            ["Host"] = "examplebucket.s3.amazonaws.com",
            ["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD",
        };
        Assert.Equal(AuthType.Query, ExampleAccount.Authenticate("GET", Target(Parameters), headers).AuthType);

        headers["x-amz-content-sha256"] = PayloadMode.EmptySha256;
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", Target(Parameters), headers).Code);
    }

    [Theory]
    [InlineData("x-amz-content-sha256", "host;x-amz-content-sha256", "")]
    [InlineData(null, "host", "X-Amz-Content-Sha256=" + PayloadMode.EmptySha256 + "&")]
    public void A_signed_hash_holds_for_the_body(string? header, string signedHeaders, string parameter)
    {
        var query =
            $"X-Amz-Algorithm=AWS4-HMAC-SHA256&{parameter}"
            + "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60"
            + $"&X-Amz-SignedHeaders={Uri.EscapeDataString(signedHeaders)}";
        var headers = new HeaderDictionary { ["Host"] = "h" };
        var headerLine = "";
        if (header is not null)
        {
            headers[header] = PayloadMode.EmptySha256;
            headerLine = $"{header}:{PayloadMode.EmptySha256}\n";
        }

        var signature = ExampleAccount.Sign(
            $"PUT\n/k\n{query}\nhost:h\n{headerLine}\n{signedHeaders}\n{PayloadMode.EmptySha256}");

        var found = ExampleAccount.Authenticate("PUT", $"/k?{query}&X-Amz-Signature={signature}", headers);
        Assert.Equal(PayloadMode.EmptySha256, found.PayloadMode.Sha256Hex);
    }

    [Fact]
    public void A_token_belongs_to_no_long_lived_key()
    {
        var error = Refusal("X-Amz-Signature", Parameters[^1] + "&X-Amz-Security-Token=token");

        Assert.Equal("InvalidToken", error.Code);
    }

    [Fact]
    public void An_unknown_key_is_refused_by_its_id()
    {
        var error = Refusal("X-Amz-Credential", "X-Amz-Credential=AKID/20130524/us-east-1/s3/aws4_request");

        Assert.Equal("InvalidAccessKeyId", error.Code);
        Assert.Equal([new("AWSAccessKeyId", "AKID")], error.Details);
    }

    private static Authenticated Authenticate(string now) => ExampleAccount.Authenticate(
        "GET", Target(Parameters), new() { ["Host"] = "examplebucket.s3.amazonaws.com" }, now);

    private static S3Error Refusal(string name, string replacement) => ExampleAccount.Refusal(
        "GET",
        Target(Parameters.Select(parameter =>
            parameter.StartsWith(name + "=", StringComparison.Ordinal) ? replacement : parameter)),
        new() { ["Host"] = "examplebucket.s3.amazonaws.com" });

    private static string Target(IEnumerable<string> parameters) => "/test.txt?" + string.Join('&', parameters);
}

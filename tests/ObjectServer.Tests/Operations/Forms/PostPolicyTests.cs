using System.Text;
using ObjectServer.Errors;
using ObjectServer.Operations.Forms;

namespace ObjectServer.Tests.Operations.Forms;

public sealed class PostPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Fact]
    public void A_form_that_meets_every_condition_passes()
    {
        var policy = Policy("""
            {"bucket": "b"}, ["starts-with", "$key", "user/"], ["eq", "$Content-Type", "text/plain"],
            ["content-length-range", 1, 10], {"x-amz-meta-a": "1"}
            """);
        Assert.Null(policy.Judge(
            Fields(("key", "user/a"), ("content-type", "text/plain"), ("x-amz-meta-A", "1"), ("policy", "p"),
                ("x-amz-signature", "s"), ("x-ignore-this", "i")),
            Now));
        Assert.Equal((1, 10), policy.FileLength());
    }

    [Theory]
    [InlineData("""{"bucket": "c"}""", """["eq", "$bucket", "c"]""")]
    [InlineData("""["starts-with", "$key", "other"]""", """["starts-with", "$key", "other"]""")]
    [InlineData("""["StArTs-WiTh", "$KEY", "other"]""", """["starts-with", "$KEY", "other"]""")]
    [InlineData("""["starts-with", "$Content-Type", ""]""", """["starts-with", "$Content-Type", ""]""")]
    [InlineData("""["eq", "key", "k"]""", """["eq", "key", "k"]""")]
    [InlineData("""["content-length-range", "test", 10]""", """["content-length-range", "test", "10"]""")]
    public void A_condition_that_fails_is_quoted(string condition, string quoted)
    {
        var refusal = Policy(condition).Judge(Fields(("key", "k")), Now);
        Assert.Equal(403, refusal?.StatusCode);
        Assert.Equal("Invalid according to Policy: Policy Condition failed: " + quoted, refusal?.Message);
    }

    [Fact]
    public void Fields_that_no_condition_speaks_of_are_refused() =>
        Assert.Equal(
            "Invalid according to Policy: Extra input fields: x-amz-meta-a",
            Policy("""{"bucket": "b"}, {"key": "k"}""")
                .Judge(Fields(("key", "k"), ("x-amz-meta-a", "1")), Now)?.Message);

    [Fact]
    public void Content_types_are_a_list()
    {
        var policy = Policy("""{"bucket": "b"}, {"key": "k"}, ["starts-with", "$Content-Type", "image/"]""");
        Assert.Null(policy.Judge(Fields(("key", "k"), ("Content-Type", "image/png,image/gif")), Now));
        Assert.NotNull(policy.Judge(Fields(("key", "k"), ("Content-Type", "image/png,text/html")), Now));
    }

    [Fact]
    public void A_policy_ends()
    {
        var policy = Policy("""{"bucket": "b"}, {"key": "k"}""");
        Assert.Null(policy.Judge(Fields(("key", "k")), Now));
        Assert.Equal(
            "Invalid according to Policy: Policy expired.",
            policy.Judge(Fields(("key", "k")), Now.AddDays(1))?.Message);
    }

    [Fact]
    public void Dollar_signs_may_be_escaped()
    {
        Assert.Null(Policy("""{"bucket": "b"}, {"key": "\$k"}""").Judge(Fields(("key", "$k")), Now));
        Assert.Null(Policy("""{"bucket": "b"}, {"key": "\\$k\v"}""").Judge(Fields(("key", "\\$k\v")), Now));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [], "\uD800": 1}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [{"\uD800": "1"}]}""")]
    [InlineData("""{"expiration": "\uD800", "conditions": []}""")]
    [InlineData("""{"conditions": []}""")]
    [InlineData("""{"EXPIRATION": "2026-05-05T00:00:00Z", "conditions": []}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z"}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "CONDITIONS": []}""")]
    [InlineData("""{"expiration": "tomorrow", "conditions": []}""")]
    [InlineData("""{"expiration": 5, "conditions": []}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [{"a": "1", "b": "2"}]}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [{}]}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [["content-length-range", 1]]}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [["like", "$key", "k"]]}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": ["eq"]}""")]
    [InlineData("""{"expiration": "2026-05-05T00:00:00Z", "conditions": [{"a": "1", "a": "2"}]}""")]
    public void A_document_that_is_no_policy_is_refused(string document) =>
        Assert.Equal(
            "InvalidPolicyDocument", Assert.Throws<S3Exception>(() => PostPolicy.Parse(Base64(document))).Error.Code);

    [Fact]
    public void Base64_is_demanded() =>
        Assert.Equal(
            "InvalidPolicyDocument", Assert.Throws<S3Exception>(() => PostPolicy.Parse("{}")).Error.Code);

    [Fact]
    public void Length_ranges_narrow_one_another() =>
        Assert.Equal(
            (5, 10),
            Policy("""["content-length-range", 1, 10], ["content-length-range", "5", "20"]""").FileLength());

    private static PostPolicy Policy(string conditions) =>
        PostPolicy.Parse(Base64($$"""{"expiration": "2026-05-05T00:00:00.000Z", "conditions": [{{conditions}}]}"""));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Dictionary<string, string> Fields(params (string Name, string Value)[] fields)
    {
        var all = fields.ToDictionary(
            field => field.Name, field => field.Value, StringComparer.OrdinalIgnoreCase);
        all["bucket"] = "b";
        return all;
    }
}

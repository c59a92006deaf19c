using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class FormAuthentication
{
    private const string Policy = "eyJleHBpcmF0aW9uIjoiMjAxMy0wNS0yNVQwMDowMDowMFoifQ==";

    [Fact]
    public void A_form_without_policy_is_nobodys() =>
        Assert.Equal(
            AuthType.Anonymous,
            ExampleAccount.Authenticator().AuthenticateForm(
                new Dictionary<string, string> { ["key"] = "a", ["acl"] = "public-read" }).AuthType);

    [Fact]
    public void The_policy_as_sent_is_what_was_signed()
    {
        var found = ExampleAccount.Authenticator().AuthenticateForm(Fields());

        Assert.Equal(AuthType.Form, found.AuthType);
        Assert.Equal(ExampleAccount.AccessKeyId, found.Caller.AccessKeyId);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
    }

    [Fact]
    public void How_long_a_form_is_good_is_for_its_policy_to_say() =>
        Assert.Equal(
            AuthType.Form, ExampleAccount.Authenticator("2013-06-24T00:00:00Z").AuthenticateForm(Fields()).AuthType);

    [Theory]
    [InlineData("policy")]
    [InlineData("X-Amz-Algorithm")]
    [InlineData("X-Amz-Credential")]
    [InlineData("X-Amz-Date")]
    [InlineData("X-Amz-Signature")]
    public void Every_field_is_needed(string name)
    {
        var error = Refusal(fields => fields.Remove(name));

        Assert.Equal("InvalidArgument", error.Code);
        Assert.Equal(400, error.StatusCode);
        Assert.Equal(
            $"Bucket POST must contain a field named '{name}'.  "
            + "If it is specified, please check the order of the fields.",
            error.Message);
        Assert.Equal([new("ArgumentName", name), new("ArgumentValue", "")], error.Details);
    }

    [Theory]
    [InlineData("X-Amz-Algorithm", "AWS4-HMAC-SHA1", "AuthorizationQueryParametersError")]
    [InlineData("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256", "NotImplemented")]
    [InlineData("X-Amz-Credential", "AKID/20130524/eu-west-1/s3/aws4_request", "AuthorizationQueryParametersError")]
    [InlineData("X-Amz-Credential", "AKID/20130524/us-east-1/s3/aws4_request", "InvalidAccessKeyId")]
    [InlineData("X-Amz-Date", "20130523T000000Z", "AuthorizationQueryParametersError")]
    [InlineData("X-Amz-Date", "today", "AuthorizationQueryParametersError")]
    [InlineData("x-amz-security-token", "token", "InvalidToken")]
    public void A_wrong_field_is_refused(string name, string value, string code) =>
        Assert.Equal(code, Refusal(fields => fields[name] = value).Code);

    [Fact]
    public void Another_policy_does_not_match()
    {
        var error = Refusal(fields => fields["policy"] = "e30=");

        Assert.Equal("SignatureDoesNotMatch", error.Code);
        Assert.Contains(new("StringToSign", "e30="), error.Details);
        Assert.Contains(new("StringToSignBytes", "65 33 30 3d"), error.Details);
        Assert.DoesNotContain(error.Details, detail => detail.Key == "CanonicalRequest");
    }

    [Fact]
    public void Version_2_signs_a_form_too()
    {
        var fields = Version2Fields();

        Assert.Equal(AuthType.Form, ExampleAccount.Authenticator().AuthenticateForm(fields).AuthType);
    }

    [Theory]
    [InlineData("AWSAccessKeyId", "AKID", "InvalidAccessKeyId")]
    [InlineData("signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "SignatureDoesNotMatch")]
    [InlineData("policy", "e30=", "SignatureDoesNotMatch")]
    [InlineData("signature", "", "InvalidArgument")]
    [InlineData("x-amz-security-token", "token", "InvalidToken")]
    public void A_wrong_field_of_version_2_is_refused(string name, string value, string code)
    {
        var fields = Version2Fields();
        fields[name] = value;

        var refusal = Assert.Throws<S3Exception>(() => ExampleAccount.Authenticator().AuthenticateForm(fields));
        Assert.Equal(code, refusal.Error.Code);
    }

    [Fact]
    public void Version_2_is_refused_in_regions_that_never_took_it()
    {
        var authenticator = ExampleAccount.Authenticator(region: "eu-central-1");

        var refusal = Assert.Throws<S3Exception>(() => authenticator.AuthenticateForm(Version2Fields()));

        Assert.Equal("InvalidRequest", refusal.Error.Code);
    }

    private static Dictionary<string, string> Version2Fields() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["policy"] = Policy,
        ["AWSAccessKeyId"] = ExampleAccount.AccessKeyId,
        ["signature"] = ExampleAccount.SignVersion2(Policy),
    };

    private static Dictionary<string, string> Fields() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["policy"] = Policy,
        ["x-amz-algorithm"] = "AWS4-HMAC-SHA256",
        ["x-amz-credential"] = $"{ExampleAccount.AccessKeyId}/{ExampleAccount.Scope}",
        ["x-amz-date"] = ExampleAccount.Timestamp,
        ["x-amz-signature"] = ExampleAccount.SignText(Policy),
    };

    private static S3Error Refusal(Action<Dictionary<string, string>> change)
    {
        var fields = Fields();
        change(fields);
        return Assert.Throws<S3Exception>(() => ExampleAccount.Authenticator().AuthenticateForm(fields)).Error;
    }
}

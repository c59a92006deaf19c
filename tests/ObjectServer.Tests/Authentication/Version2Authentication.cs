using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class Version2Authentication
{
    private const string Date = "Fri, 24 May 2013 00:00:00 GMT";

    /// <summary>2013-05-24T00:01:00Z, a minute after the time of the example account.</summary>
    private const string Expires = "1369353660";

    [Theory]
    [InlineData("us-west-1", null)]
    [InlineData("us-gov-west-1", null)]
    [InlineData("eu-central-1", "InvalidRequest")]
    [InlineData("us-east-2", "InvalidRequest")]
    [InlineData("my-own", "InvalidRequest")]
    public void Only_the_oldest_regions_take_it(string region, string? code)
    {
        var authenticator = ExampleAccount.Authenticator(region: region);
        var headers = Signed($"GET\n\n\n{Date}\n/b/k");
        var presigned = Presigned($"GET\n\n\n{Expires}\n/b/k");

        var refusals = new[]
        {
            Refusal(() => authenticator.Authenticate("GET", ExampleAccount.Target("/b/k", null), headers)),
            Refusal(() => authenticator.Authenticate("GET", ExampleAccount.Target(presigned, null), Headers())),
        };

        Assert.All(refusals, refusal => Assert.Equal(code, refusal?.Code));
        Assert.All(
            refusals.OfType<S3Error>(),
            refusal => Assert.Equal(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
                refusal.Message));
    }

    [Theory]
    [InlineData("/b/k?acl", "/b/k?acl")]
    [InlineData("/b/k?acl=", "/b/k?acl")]
    [InlineData("/b?prefix=a&uploads&max-uploads=1", "/b?uploads")]
    [InlineData("/b?prefix=a&uploads&max-uploads=1", "/b/?uploads")]
    [InlineData("/b/?uploads", "/b/?uploads")]
    [InlineData(
        "/b/k?versionId=v%2B1&response-content-type=text%2Fplain&acl",
        "/b/k?acl&response-content-type=text/plain&versionId=v+1")]
    [InlineData("/b/k?response-expires=a%20b+c", "/b/k?response-expires=a b c")]
    [InlineData("/b/k?partNumber=1&uploadId=u", "/b/k?partNumber=1&uploadId=u")]
    [InlineData("/b/%7Ea+b//c/", "/b/%7Ea+b//c/")]
    [InlineData("/b/k?unheard-of", "/b/k")]
    public void The_path_is_signed_as_sent_and_of_the_query_what_chooses(string target, string resource) =>
        Assert.Equal(
            AuthType.Header,
            ExampleAccount.Authenticate("GET", target, Signed($"GET\n\n\n{Date}\n{resource}")).AuthType);

    [Fact]
    public void A_bucket_in_the_host_stands_before_the_path()
    {
        var headers = Signed($"GET\n\n\n{Date}\n/b/k", ("Host", "b.s3.amazonaws.com"));

        Assert.False(ExampleAccount.Authenticate("GET", "/k", headers).Caller.IsAnonymous);
    }

    [Fact]
    public void Headers_are_signed_by_name_in_lower_case_as_they_are_but_for_the_space_around_them()
    {
        var headers = Signed(
            $"PUT\n1B2M2Y8AsgTpgAmY7PhCfg==\ntext/plain\n{Date}\nx-amz-acl:private\nx-amz-meta-b:two  spaces\n/b/k",
            ("X-Amz-Meta-B", "\t two  spaces "), ("x-amz-acl", "private"), ("x-amzn-trace-id", "1"),
            ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), ("Content-Type", "text/plain"), ("Range", "bytes=0-1"));

        Assert.False(ExampleAccount.Authenticate("PUT", "/b/k", headers).Caller.IsAnonymous);
    }

    [Fact]
    public void What_AWS_sends_in_headers_of_its_own_must_be_signed()
    {
        var headers = Signed($"PUT\n\n\n{Date}\n/b/k", ("x-amz-copy-source", "/b/other"));

        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", "/b/k", headers).Code);
    }

    [Theory]
    [InlineData("AWS")]
    [InlineData("AWS ")]
    [InlineData("AWS HAHAHA")]
    [InlineData("AWS AKID:")]
    [InlineData("AWS :c2lnbmF0dXJl")]
    [InlineData("AWS AKID:c2ln:bmF0dXJl")]
    public void A_header_without_key_or_signature_is_refused(string authorization)
    {
        var error = ExampleAccount.Refusal("GET", "/b/k", new() { ["Date"] = Date, ["Authorization"] = authorization });

        Assert.Equal("InvalidArgument", error.Code);
        Assert.Equal("AWS authorization header is invalid.  Expected AWS AccessKeyId:signature", error.Message);
        Assert.Equal([new("ArgumentName", "Authorization"), new("ArgumentValue", authorization)], error.Details);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bad Date")]
    [InlineData("Tue, 07 Jul 1950 21:53:04 GMT")]
    public void A_valid_date_is_needed(string? date)
    {
        var headers = Signed($"GET\n\n\n{date}\n/b/k");
        headers.Remove("Date");
        if (date is not null)
        {
            headers["Date"] = date;
        }

        var error = ExampleAccount.Refusal("GET", "/b/k", headers);

        Assert.Equal(("AccessDenied", 403), (error.Code, error.StatusCode));
        Assert.Equal("AWS authentication requires a valid Date or x-amz-date header", error.Message);
    }

    [Theory]
    [InlineData("2013-05-24T00:15:00Z", null)]
    [InlineData("2013-05-23T23:45:00Z", null)]
    [InlineData("2013-05-24T00:15:01Z", "RequestTimeTooSkewed")]
    [InlineData("2013-05-23T23:44:59Z", "RequestTimeTooSkewed")]
    public void A_clock_may_be_fifteen_minutes_off(string now, string? code) => Assert.Equal(
        code,
        Refusal(() => ExampleAccount.Authenticate("GET", "/b/k", Signed($"GET\n\n\n{Date}\n/b/k"), now))?.Code);

    [Fact]
    public void A_wrong_clock_is_told_before_a_wrong_signature()
    {
        var error = ExampleAccount.Refusal("GET", "/b/k", Signed("another"), now: "2013-05-25T00:00:00Z");

        Assert.Equal("RequestTimeTooSkewed", error.Code);
        Assert.Equal(
            [
                new("RequestTime", Date),
                new("ServerTime", "2013-05-25T00:00:00Z"),
                new("MaxAllowedSkewMilliseconds", "900000"),
            ],
            error.Details);
    }

    [Fact]
    public void An_unknown_key_is_refused_by_its_id()
    {
        var error = ExampleAccount.Refusal("GET", "/b/k", new() { ["Date"] = Date, ["Authorization"] = "AWS AKID:x" });

        Assert.Equal(("InvalidAccessKeyId", 403), (error.Code, error.StatusCode));
        Assert.Equal([new("AWSAccessKeyId", "AKID")], error.Details);
    }

    [Fact]
    public void A_token_belongs_to_no_long_lived_key()
    {
        var headers = Signed($"GET\n\n\n{Date}\nx-amz-security-token:t\n/b/k", ("x-amz-security-token", "t"));
        var presigned = Presigned($"GET\n\n\n{Expires}\nx-amz-security-token:t\n/b/k", "/b/k?x-amz-security-token=t");

        Assert.Equal("InvalidToken", ExampleAccount.Refusal("GET", "/b/k", headers).Code);
        Assert.Equal("InvalidToken", ExampleAccount.Refusal("GET", presigned, Headers()).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("é")]
    public void A_wrong_signature_is_refused_with_all_that_the_server_signed(string suffix)
    {
        var headers = Signed("another");
        headers["Authorization"] = headers["Authorization"] + suffix;

        var error = ExampleAccount.Refusal("GET", "/b/k", headers);

        Assert.Equal(("SignatureDoesNotMatch", 403), (error.Code, error.StatusCode));
        Assert.Equal(
            ["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes"],
            error.Details.Select(detail => detail.Key));
        Assert.Contains(new("AWSAccessKeyId", ExampleAccount.AccessKeyId), error.Details);
        Assert.Contains(new("StringToSign", $"GET\n\n\n{Date}\n/b/k"), error.Details);
        Assert.Contains(new("SignatureProvided", ExampleAccount.SignVersion2("another") + suffix), error.Details);
        Assert.StartsWith(
            "47 45 54 0a 0a 0a 46", error.Details.Single(detail => detail.Key == "StringToSignBytes").Value,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_method_path_or_subresource_does_not_match()
    {
        var headers = Signed($"GET\n\n\n{Date}\n/b/k");

        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", "/b/k", headers).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "/b//k", headers).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "/b/k/", headers).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "/b/k?tagging", headers).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "/b/k?versionId=1", headers).Code);
    }

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")]
    public void Signed_chunks_need_version_4(string mode)
    {
        var headers = Signed(
            $"PUT\n\n\n{Date}\nx-amz-content-sha256:{mode}\n/b/k", (PayloadMode.HeaderName, mode));
        var presigned = Presigned(
            $"PUT\n\n\n{Expires}\nx-amz-content-sha256:{mode}\n/b/k", $"/b/k?x-amz-content-sha256={mode}");

        var errors = new[]
        {
            ExampleAccount.Refusal("PUT", "/b/k", headers), ExampleAccount.Refusal("PUT", presigned, Headers()),
        };

        Assert.All(errors, error => Assert.Equal(
            ("InvalidRequest", $"The signed chunks of {mode} need a request that is signed with AWS4-HMAC-SHA256."),
            (error.Code, error.Message)));
    }

    [Theory]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData(PayloadMode.EmptySha256)]
    public void Other_modes_of_a_body_hold(string mode)
    {
        var headers = Signed(
            $"PUT\n\n\n{Date}\nx-amz-content-sha256:{mode}\n/b/k", (PayloadMode.HeaderName, mode));

        Assert.Equal(mode, ExampleAccount.Authenticate("PUT", "/b/k", headers).PayloadMode.Token);
    }

    [Theory]
    [InlineData("AWSAccessKeyId")]
    [InlineData("Expires")]
    [InlineData("Signature")]
    public void Every_parameter_is_needed(string name)
    {
        foreach (var replacement in new[] { "other=", name, name + "=" })
        {
            var target = Presigned($"GET\n\n\n{Expires}\n/b/k");
            var error = ExampleAccount.Refusal(
                "GET", target.Replace(name + "=", replacement + "&was=", StringComparison.Ordinal), Headers());

            Assert.Equal(("AccessDenied", 403), (error.Code, error.StatusCode));
            Assert.Equal(
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
                error.Message);
        }
    }

    [Fact]
    public void A_parameter_that_others_have_too_is_no_signature() =>
        Assert.True(ExampleAccount.Authenticate("GET", "/b/k?Expires=1", Headers()).Caller.IsAnonymous);

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public void The_time_is_a_number(string expires)
    {
        var target = Presigned("x").Replace(Expires, expires, StringComparison.Ordinal);

        var error = ExampleAccount.Refusal("GET", target, Headers());

        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal($"Invalid date (should be seconds since epoch): {expires}", error.Message);
    }

    [Fact]
    public void A_url_is_good_until_its_time_and_tells_then_when_that_was()
    {
        var target = Presigned($"GET\n\n\n{Expires}\n/b/k");
        Assert.Equal(
            AuthType.Query, ExampleAccount.Authenticate("GET", target, Headers(), "2013-05-24T00:00:59Z").AuthType);
        Assert.Equal(
            AuthType.Query, ExampleAccount.Authenticate("GET", target, Headers(), "2000-01-01T00:00:00Z").AuthType);

        var error = ExampleAccount.Refusal("GET", target, Headers(), "2013-05-24T00:01:00Z");

        Assert.Equal(("AccessDenied", "Request has expired"), (error.Code, error.Message));
        Assert.Equal(
            [new("Expires", "2013-05-24T00:01:00Z"), new("ServerTime", "2013-05-24T00:01:00Z")], error.Details);
    }

    [Theory]
    [InlineData("-9223372036854775808", "Request has expired")]
    [InlineData("9223372036854775807", null)]
    public void No_number_is_too_large(string expires, string? message)
    {
        var target = Presigned($"GET\n\n\n{expires}\n/b/k").Replace(Expires, expires, StringComparison.Ordinal);

        Assert.Equal(message, Refusal(() => ExampleAccount.Authenticate("GET", target, Headers()))?.Message);
    }

    [Fact]
    public void A_url_signs_the_headers_that_it_carries()
    {
        var target = Presigned(
            $"PUT\n1B2M2Y8AsgTpgAmY7PhCfg==\ntext/plain\n{Expires}\nx-amz-meta-a:1 2\nx-amz-tagging:a=b\n/b/k",
            "/b/k?content-type=text%2Fplain&x-amz-tagging=a%3Db&X-Amz-Meta-A=1%202"
            + "&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D&x-amz-date=ignored");

        Assert.Equal(AuthType.Query, ExampleAccount.Authenticate("PUT", target, Headers()).AuthType);
        Assert.Equal(
            AuthType.Query,
            ExampleAccount.Authenticate("PUT", target, Headers(("Content-Type", "text/plain"))).AuthType);
        Assert.Equal(
            "SignatureDoesNotMatch",
            ExampleAccount.Refusal("PUT", target, Headers(("Content-Type", "text/html"))).Code);
        Assert.Equal(
            "SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", target, Headers(("x-amz-meta-b", "1"))).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", target + "&x-amz-meta-b=1", Headers()).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", target + "&x-amz-meta-a=1", Headers()).Code);
    }

    [Fact]
    public void A_line_break_makes_no_value_two_headers()
    {
        var target = Presigned(
            $"PUT\n\n\n{Expires}\nx-amz-meta-a:1\nx-amz-meta-b:2\n/b/k", "/b/k?x-amz-meta-a=1%0Ax-amz-meta-b:2");

        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", target, Headers()).Code);
    }

    [Fact]
    public void Two_signatures_are_one_too_many()
    {
        var presigned = Presigned($"GET\n\n\n{Expires}\n/b/k");
        var errors = new[]
        {
            ExampleAccount.Refusal("GET", presigned, Signed($"GET\n\n\n{Date}\n/b/k")),
            ExampleAccount.Refusal("GET", presigned + "&X-Amz-Algorithm=AWS4-HMAC-SHA256", Headers()),
        };

        Assert.All(errors, error => Assert.StartsWith(
            "InvalidArgument Only one auth mechanism allowed", $"{error.Code} {error.Message}",
            StringComparison.Ordinal));
    }

    private static string Presigned(string stringToSign, string target = "/b/k") =>
        $"{target}{(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}"
        + $"AWSAccessKeyId={ExampleAccount.AccessKeyId}"
        + $"&Expires={Expires}&Signature={Uri.EscapeDataString(ExampleAccount.SignVersion2(stringToSign))}";

    private static HeaderDictionary Signed(string stringToSign, params (string Name, string Value)[] headers)
    {
        var all = Headers([("Date", Date), .. headers]);
        all["Authorization"] = $"AWS {ExampleAccount.AccessKeyId}:{ExampleAccount.SignVersion2(stringToSign)}";
        return all;
    }

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        return all;
    }

    private static S3Error? Refusal(Action authenticate)
    {
        try
        {
            authenticate();
            return null;
        }
        catch (S3Exception exception)
        {
            return exception.Error;
        }
    }
}

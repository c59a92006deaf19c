using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class HeaderAuthentication
{
    private const string Signed = "host;x-amz-content-sha256;x-amz-date";
    private const string Signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";

    [Fact]
    public void A_request_without_any_signature_is_nobodys()
    {
        var found = ExampleAccount.Authenticate("GET", "/bucket/key?acl", new() { ["Host"] = "localhost" });

        Assert.True(found.Caller.IsAnonymous);
        Assert.Equal(AuthType.Anonymous, found.AuthType);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
        Assert.Null(found.Signature);
    }

    [Fact]
    public void An_empty_header_is_no_signature() =>
        Assert.True(ExampleAccount.Authenticate("GET", "/", new() { ["Authorization"] = "" }).Caller.IsAnonymous);

    [Fact]
    public void Nobody_may_send_chunks_but_not_signed_ones()
    {
        var found = ExampleAccount.Authenticate(
            "PUT", "/bucket/key", new() { ["x-amz-content-sha256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER" });
        Assert.Equal(PayloadKind.StreamingUnsignedTrailer, found.PayloadMode.Kind);

        var error = ExampleAccount.Refusal(
            "PUT", "/bucket/key", new() { ["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" });
        Assert.Equal("InvalidRequest", error.Code);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 ")]
    [InlineData("AWS4-HMAC-SHA256 nonsense")]
    [InlineData("AWS4-HMAC-SHA256 SignedHeaders=host,Signature=0")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request,Signature=0")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request,SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request,SignedHeaders=,Signature=0")]
    public void All_three_components_are_needed(string authorization)
    {
        var error = Refusal(headers => headers.Authorization = authorization);

        Assert.Equal("AuthorizationHeaderMalformed", error.Code);
        Assert.Equal(400, error.StatusCode);
        Assert.Equal(
            "The authorization header is malformed; the authorization header requires three components: "
            + "Credential, SignedHeaders, and Signature.",
            error.Message);
    }

    [Theory]
    [InlineData(
        "AKID", "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")]
    [InlineData(
        "AKID/20130524/us-east-1/s3",
        "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")]
    [InlineData(
        "/20130524/us-east-1/s3/aws4_request",
        "a non-empty Access Key (AKID) must be provided in the credential.")]
    [InlineData(
        "AKID/2013/us-east-1/s3/aws4_request",
        "incorrect date format \"2013\". This date in the credential must be in the format \"yyyyMMdd\".")]
    [InlineData(
        "AKID/20130524/us-east-1/ec2/aws4_request", "incorrect service \"ec2\". This endpoint belongs to \"s3\".")]
    [InlineData(
        "AKID/20130524/us-east-1/s3/aws5_request",
        "incorrect terminal \"aws5_request\". This endpoint uses \"aws4_request\".")]
    [InlineData(
        "AKID/20130523/us-east-1/s3/aws4_request",
        "Invalid credential date \"20130523\". This date is not the same as X-Amz-Date: \"20130524\".")]
    public void A_malformed_credential_is_refused_with_the_reason(string credential, string reason)
    {
        var error = Refusal(headers =>
            headers.Authorization = $"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={Signed}, Signature=0");

        Assert.Equal("AuthorizationHeaderMalformed", error.Code);
        Assert.Equal("The authorization header is malformed; " + reason, error.Message);
    }

    [Fact]
    public void Another_region_is_refused_with_the_right_one()
    {
        var error = Refusal(headers => headers.Authorization =
            $"AWS4-HMAC-SHA256 Credential=AKID/20130524/eu-west-1/s3/aws4_request,SignedHeaders={Signed},Signature=0");

        Assert.Equal("AuthorizationHeaderMalformed", error.Code);
        Assert.Equal(
            "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
            error.Message);
        Assert.Equal([new("Region", "us-east-1")], error.Details);
    }

    [Theory]
    [InlineData("Bearer token", "InvalidArgument", "Unsupported Authorization Type")]
    [InlineData("HAHAHA", "InvalidArgument", "Unsupported Authorization Type")]
    [InlineData(
        "AWS4-ECDSA-P256-SHA256 Credential=AKID/20130524/s3/aws4_request", "NotImplemented",
        "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use AWS4-HMAC-SHA256.")]
    public void Other_schemes_are_refused_by_name(string authorization, string code, string message)
    {
        var error = Refusal(headers => headers.Authorization = authorization);

        Assert.Equal(code, error.Code);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Header_and_query_cannot_both_sign()
    {
        var error = Refusal(_ => { }, "/?X-Amz-Algorithm=AWS4-HMAC-SHA256");

        Assert.Equal("InvalidArgument", error.Code);
        Assert.StartsWith("Only one auth mechanism allowed;", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Details, detail => detail is { Key: "ArgumentName", Value: "Authorization" });
    }

    [Fact]
    public void The_hash_of_the_body_is_needed()
    {
        var error = Refusal(headers => headers.Remove("x-amz-content-sha256"));

        Assert.Equal("InvalidRequest", error.Code);
        Assert.Equal("Missing required header for this request: x-amz-content-sha256", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2013-05-24T00:00:00Z")]
    [InlineData("20130524T000000")]
    [InlineData("20131324T000000Z")]
    [InlineData("Tue, 07 Jul 1950 21:53:04 GMT")]
    [InlineData("Fri, 24 May 2013 00:00:00")]
    [InlineData("Fri, 24 May 2013 00:00:00 CET")]
    [InlineData("Fri, 24 May 2013 00:00:00 +9900")]
    public void A_valid_date_is_needed(string? date)
    {
        var error = Refusal(headers =>
        {
            headers.Remove("x-amz-date");
            if (date is not null)
            {
                headers["x-amz-date"] = date;
            }
        });

        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal("AWS authentication requires a valid Date or x-amz-date header", error.Message);
    }

    [Theory]
    [InlineData("Fri, 24 May 2013 00:00:00 GMT")]
    [InlineData("Fri, 24 May 2013 00:00:00 -0000")]
    [InlineData("Fri, 24 May 2013 00:00:00 +0000")]
    [InlineData("Fri, 24 May 2013 02:00:00 +0200")]
    [InlineData("Thu, 23 May 2013 19:30:00 -0430")]
    [InlineData("20130524T000000Z")]
    public void The_date_header_will_do_where_x_amz_date_is_absent(string date)
    {
        const string signed = "date;host;x-amz-content-sha256";
        var signature = ExampleAccount.Sign(
            $"GET\n/\n\ndate:{date}\nhost:h\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n\n{signed}\nUNSIGNED-PAYLOAD");

        var found = ExampleAccount.Authenticate("GET", "/", new()
        {
            ["Host"] = "h",
            ["Date"] = date,
            ["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD",
            ["Authorization"] = ExampleAccount.Authorization(signed, signature),
        });

        Assert.Equal(ExampleAccount.Timestamp, found.Signature!.Timestamp);
        Assert.Same(PayloadMode.Unsigned, found.PayloadMode);
    }

    [Theory]
    [InlineData("Fri, 24 May 2013 00:00:00 GMT")]
    [InlineData("Fri, 24 May 2013 00:00:00 +0000")]
    [InlineData("Fri, 24 May 2013 02:00:00 +0200")]
    [InlineData("24 May 2013 00:00:00 GMT")]
    [InlineData("Friday, 24-May-13 00:00:00 GMT")]
    [InlineData("Fri May 24 00:00:00 2013")]
    [InlineData("20130524T000000Z")]
    public void Every_form_of_a_date_is_read(string date) => Assert.Equal(
        ExampleAccount.Timestamp, RequestTime.Of(new HeaderDictionary { ["Date"] = date }).Timestamp);

    [Fact]
    public void Headers_that_change_the_meaning_must_be_signed()
    {
        var error = Refusal(headers =>
        {
            headers["X-Amz-Storage-Class"] = "GLACIER";
            headers["x-amz-acl"] = "public-read";
            headers["Content-MD5"] = "1B2M2Y8AsgTpgAmY7PhCfg==";
            headers["Content-Type"] = "text/plain";
            headers["x-amzn-trace-id"] = "Root=1";
        });

        Assert.Equal("AccessDenied", error.Code);
        Assert.Equal("There were headers present in the request which were not signed", error.Message);
        Assert.Equal([new("HeadersNotSigned", "content-md5, x-amz-acl, x-amz-storage-class")], error.Details);
    }

    [Fact]
    public void The_host_must_be_signed()
    {
        var error = Refusal(headers =>
            headers.Authorization = ExampleAccount.Authorization("x-amz-content-sha256;x-amz-date", Signature));

        Assert.Equal([new("HeadersNotSigned", "host")], error.Details);
    }

    [Theory]
    [InlineData("2013-05-24T00:15:00Z")]
    [InlineData("2013-05-23T23:45:00Z")]
    public void Fifteen_minutes_are_not_too_much(string now) =>
        Assert.False(ExampleAccount.Authenticate("GET", "/?lifecycle", Example(), now).Caller.IsAnonymous);

    [Theory]
    [InlineData("2013-05-24T00:15:01Z")]
    [InlineData("2013-05-23T23:44:59Z")]
    public void A_clock_that_is_further_off_is_refused_with_both_times(string now)
    {
        var error = ExampleAccount.Refusal("GET", "/?lifecycle", Example(), now);

        Assert.Equal("RequestTimeTooSkewed", error.Code);
        Assert.Equal(403, error.StatusCode);
        Assert.Equal(
            [
                new("RequestTime", "20130524T000000Z"),
                new("ServerTime", now),
                new("MaxAllowedSkewMilliseconds", "900000"),
            ],
            error.Details);
    }

    [Fact]
    public void An_unknown_key_is_refused_by_its_id()
    {
        var error = Refusal(headers => headers.Authorization = headers.Authorization.ToString()
            .Replace(ExampleAccount.AccessKeyId, "AKIA/with/slashes=", StringComparison.Ordinal));

        Assert.Equal("InvalidAccessKeyId", error.Code);
        Assert.Equal(403, error.StatusCode);
        Assert.Equal([new("AWSAccessKeyId", "AKIA/with/slashes=")], error.Details);
    }

    [Fact]
    public void A_token_belongs_to_no_long_lived_key()
    {
        var error = Refusal(headers =>
        {
            headers["x-amz-security-token"] = "token";
            headers.Authorization = ExampleAccount.Authorization(Signed + ";x-amz-security-token", Signature);
        });

        Assert.Equal("InvalidToken", error.Code);
        Assert.Equal([new("Token-0", "token")], error.Details);
    }

    [Fact]
    public void A_wrong_signature_is_refused_with_all_that_the_server_signed()
    {
        var error = Refusal(headers => headers.Host = "h");

        var canonicalRequest =
            $"GET\n/\nlifecycle=\nhost:h\nx-amz-content-sha256:{PayloadMode.EmptySha256}\n"
            + $"x-amz-date:20130524T000000Z\n\n{Signed}\n{PayloadMode.EmptySha256}";
        var details = error.Details.ToDictionary(detail => detail.Key, detail => detail.Value);
        Assert.Equal("SignatureDoesNotMatch", error.Code);
        Assert.Equal(403, error.StatusCode);
        Assert.Equal(
            [
                "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes",
                "CanonicalRequest", "CanonicalRequestBytes",
            ],
            error.Details.Select(detail => detail.Key));
        Assert.Equal(ExampleAccount.AccessKeyId, details["AWSAccessKeyId"]);
        Assert.Equal(Signature, details["SignatureProvided"]);
        Assert.Equal(canonicalRequest, details["CanonicalRequest"]);
        Assert.StartsWith("47 45 54 0a 2f 0a 6c", details["CanonicalRequestBytes"], StringComparison.Ordinal);
        Assert.StartsWith("41 57 53 34 2d", details["StringToSignBytes"], StringComparison.Ordinal);

        // Whoever signs the string that the server shows is let in: the two texts are the ones that were compared.
        var headers = Example();
        headers["Host"] = "h";
        headers["Authorization"] =
            ExampleAccount.Authorization(Signed, ExampleAccount.SignText(details["StringToSign"]));
        Assert.False(ExampleAccount.Authenticate("GET", "/?lifecycle", headers).Caller.IsAnonymous);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("FEA454CA298B7DA1C68078A5D1BDBFBBE0D65C699E0F91AC7A200A0136783543")]
    [InlineData("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a01367835430")]
    [InlineData("é")]
    public void A_signature_of_another_shape_does_not_match(string signature) =>
        Assert.Equal(
            "SignatureDoesNotMatch",
            Refusal(headers => headers.Authorization = ExampleAccount.Authorization(Signed, signature)).Code);

    [Fact]
    public void Another_method_or_target_does_not_match()
    {
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("PUT", "/?lifecycle", Example()).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "/?lifecycle&x", Example()).Code);
        Assert.Equal("SignatureDoesNotMatch", ExampleAccount.Refusal("GET", "//?lifecycle", Example()).Code);
    }

    private static HeaderDictionary Example() => new()
    {
        ["Host"] = "examplebucket.s3.amazonaws.com",
        ["x-amz-content-sha256"] = PayloadMode.EmptySha256,
        ["x-amz-date"] = ExampleAccount.Timestamp,
        ["Authorization"] = ExampleAccount.Authorization(Signed, Signature),
    };

    private static S3Error Refusal(Action<IHeaderDictionary> change, string target = "/?lifecycle")
    {
        var headers = Example();
        change(headers);
        return ExampleAccount.Refusal("GET", target, headers);
    }
}

using Microsoft.AspNetCore.Http;
using ObjectServer.Operations;
using ObjectServer.Pipeline;

namespace ObjectServer.Tests.Pipeline;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("x-amz-server-side-encryption", "AES256")]
    [InlineData("X-Amz-Server-Side-Encryption-Customer-Algorithm", "AES256")]
    [InlineData("x-amz-copy-source-server-side-encryption-customer-key", "key")]
    [InlineData("x-amz-object-lock-mode", "GOVERNANCE")]
    [InlineData("x-amz-grant-read", "id=1")]
    [InlineData("x-amz-mfa", "1 2")]
    [InlineData("x-amz-write-offset-bytes", "5")]
    [InlineData("x-amz-object-ownership", "ObjectWriter")]
    public void What_cannot_be_obeyed_is_refused_by_name(string name, string value)
    {
        var refusal = Judge(TargetKind.Object, name, value);

        Assert.Equal("NotImplemented", refusal?.Code);
        Assert.Contains(new("Header", name.ToLowerInvariant()), refusal!.Details);
    }

    [Theory]
    [InlineData("x-amz-acl", "private")]
    [InlineData("x-amz-acl", "bucket-owner-full-control")]
    [InlineData("x-amz-object-ownership", "BucketOwnerEnforced")]
    [InlineData("x-amz-request-payer", "requester")]
    [InlineData("x-amz-meta-server-side-encryption", "mine")]
    [InlineData("x-amz-bucket-object-lock-enabled", "true")]
    public void What_holds_anyway_passes(string name, string value) =>
        Assert.Null(Judge(TargetKind.Object, name, value));

    [Fact]
    public void Canned_acls_that_would_give_rights_to_others_are_refused() =>
        Assert.Equal("AccessControlListNotSupported", Judge(TargetKind.Object, "x-amz-acl", "public-read")?.Code);

    [Fact]
    public void A_bucket_has_no_other_owner_that_could_control_it() => Assert.Equal(
        "AccessControlListNotSupported", Judge(TargetKind.Bucket, "x-amz-acl", "bucket-owner-full-control")?.Code);

    private static ObjectServer.Errors.S3Error? Judge(TargetKind kind, string name, string value) =>
        HeaderRules.Judge(new HeaderDictionary { [name] = value }, kind);

    [Fact]
    public void A_header_that_only_begins_like_one_of_them_means_nothing() => Assert.Null(
        HeaderRules.Judge(new HeaderDictionary { ["x-amz-acl-of-mine"] = "public-read" }, TargetKind.Object));
}

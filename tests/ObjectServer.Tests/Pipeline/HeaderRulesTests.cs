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
    [InlineData("X-Amz-Acl", "private")]
    [InlineData("x-amz-mfa", "1 2")]
    [InlineData("x-amz-bucket-object-lock-token", "t")]
    [InlineData("x-amz-write-offset-bytes", "5")]
    [InlineData("x-amz-object-ownership", "ObjectWriter")]
    public void What_cannot_be_obeyed_is_refused_by_name(string name, string value)
    {
        var refusal = Judge(TakenHeaders.None, name, value);

        Assert.Equal("NotImplemented", refusal?.Code);
        Assert.Contains(new("Header", name.ToLowerInvariant()), refusal!.Details);
    }

    [Theory]
    [InlineData("x-amz-meta-server-side-encryption", "mine")]
    [InlineData("x-amz-bucket-object-lock-enabled", "true")]
    public void What_holds_anyway_passes(string name, string value) =>
        Assert.Null(Judge(TakenHeaders.None, name, value));

    [Theory]
    [InlineData("Acl", "x-amz-acl", true)]
    [InlineData("Acl", "X-Amz-Grant-Full-Control", true)]
    [InlineData("Acl", "x-amz-grant-everything", false)]
    [InlineData("Acl", "x-amz-object-ownership", false)]
    [InlineData("Ownership", "x-amz-object-ownership", true)]
    [InlineData("Ownership", "x-amz-acl", false)]
    [InlineData("Lock", "X-Amz-Object-Lock-Mode", true)]
    [InlineData("Lock", "x-amz-object-lock-retain-until-date", true)]
    [InlineData("Lock", "x-amz-object-lock-legal-hold", true)]
    [InlineData("Lock", "x-amz-object-lock-forever", false)]
    [InlineData("Acl", "x-amz-object-lock-mode", false)]
    public void What_the_operation_obeys_passes(string taken, string name, bool passes) =>
        Assert.Equal(passes, Judge(Enum.Parse<TakenHeaders>(taken), name, "value") is null);

    [Fact]
    public void A_header_that_only_begins_like_one_of_them_means_nothing() =>
        Assert.Null(Judge(TakenHeaders.None, "x-amz-acl-of-mine", "public-read"));

    private static ObjectServer.Errors.S3Error? Judge(TakenHeaders taken, string name, string value) =>
        HeaderRules.Judge(new HeaderDictionary { [name] = value }, taken);
}

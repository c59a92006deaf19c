using System.Net;
using Amazon.S3;
using static ObjectServer.Conformance.AclCases;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html</summary>
public sealed class PutBucketAcl(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("private", "root FULL_CONTROL")]
    [InlineData("public-read", "AllUsers READ, root FULL_CONTROL")]
    [InlineData("public-read-write", "AllUsers READ, AllUsers WRITE, root FULL_CONTROL")]
    [InlineData("authenticated-read", "AuthenticatedUsers READ, root FULL_CONTROL")]
    [InlineData("log-delivery-write", "LogDelivery WRITE, LogDelivery READ_ACP, root FULL_CONTROL")]
    public async Task A_canned_acl_replaces_the_grants_before_it(string name, string grants)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerPreferred);
        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicRead }, Cancellation);
        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = name }, Cancellation);
        Assert.Equal(grants, string.Join(", ", await bucket.ReadAclAsync()));
    }

    [Fact]
    public async Task Headers_grant()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(
            new()
            {
                BucketName = bucket.Name,
                GrantRead = $"uri=\"{AllUsers}\", id=\"{OwnerId}\"",
                GrantWriteACP = $"uri={AuthenticatedUsers}",
            },
            Cancellation);
        Assert.Equal(
            ["AllUsers READ", "AuthenticatedUsers WRITE_ACP", "root READ"], await bucket.ReadAclAsync());
    }

    [Fact]
    public async Task A_document_grants_and_may_take_everything_away()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var answer = await bucket.SendDocumentAsync(
            "", "acl", Document(ToAccount(OwnerId, "READ"), ToGroup(AllUsers, "WRITE")));
        answer.AssertOk();
        Assert.Empty(answer.Body);
        Assert.Equal(["AllUsers WRITE", "root READ"], await bucket.ReadAclAsync());
        (await bucket.SendDocumentAsync("", "acl", Document())).AssertOk();
        Assert.Empty(await bucket.ReadAclAsync());
        (await bucket.SendDocumentAsync("", "acl", Document(ToAccount(OwnerId, "FULL_CONTROL")))).AssertOk();
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync());
    }

    [Theory]
    [InlineData("not xml", "MalformedACLError")]
    [InlineData("<AccessControlPolicy/>", "MalformedACLError")]
    [InlineData("ID _foo", "InvalidArgument")]
    [InlineData("URI http://example.com/", "InvalidArgument")]
    [InlineData("EmailAddress nobody@example.com", "UnresolvableGrantByEmailAddress")]
    [InlineData("permission", "MalformedACLError")]
    [InlineData("hundred and one", "MalformedACLError")]
    public async Task A_document_that_cannot_be_obeyed_changes_nothing(string what, string code)
    {
        ArgumentNullException.ThrowIfNull(what);
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var document = what.Split(' ') switch
        {
            ["ID", var id] => Document(ToAccount(id, "READ")),
            ["URI", var uri] => Document(ToGroup(uri, "READ")),
            ["EmailAddress", var email] => Document(
                Grant("AmazonCustomerByEmail", $"<EmailAddress>{email}</EmailAddress>", "READ")),
            ["permission"] => Document(ToAccount(OwnerId, "EVERYTHING")),
            ["hundred", ..] => Document([.. Enumerable.Range(0, 101).Select(_ => ToGroup(AllUsers, "READ"))]),
            _ => what,
        };
        (await bucket.SendDocumentAsync("", "acl", document)).AssertRefused(400, code);
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync());
    }

    [Fact]
    public async Task The_owner_cannot_be_exchanged()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var answer = await bucket.SendDocumentAsync("", "acl", Document(new string('a', 64), []));
        answer.AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Headers_and_body_say_it_once()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var nothing = await bucket.SendAsync("PUT", "", query: [("acl", "")]);
        nothing.AssertRefused(400, "MissingSecurityHeader");
        Assert.Equal("x-amz-acl", nothing.Element("MissingHeaderName"));
        var twice = await bucket.SendDocumentAsync("", "acl", Document(), ("x-amz-acl", "private"));
        twice.AssertRefused(400, "UnexpectedContent");
        var both = await bucket.SendAsync(
            "PUT", "", null, [("acl", "")], ("x-amz-acl", "private"), ("x-amz-grant-read", $"id={OwnerId}"));
        both.AssertRefused(400, "InvalidRequest");
        Assert.Equal("Specifying both Canned ACLs and Header Grants is not allowed", both.Element("Message"));
    }

    [Theory]
    [InlineData("x-amz-acl", "everybody", null)]
    [InlineData("x-amz-grant-read", "AllUsers", "Argument format not recognized")]
    [InlineData("x-amz-grant-read", "id=nobody", "Invalid id")]
    [InlineData("x-amz-grant-full-control", "uri=http://example.com/", "Invalid group uri")]
    public async Task A_header_that_cannot_be_obeyed_is_named(string name, string value, string? message)
    {
        ArgumentNullException.ThrowIfNull(value);
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var answer = await bucket.SendAsync("PUT", "", null, [("acl", "")], (name, value));
        answer.AssertRefused(400, "InvalidArgument");
        Assert.Equal(name, answer.Element("ArgumentName"));
        Assert.EndsWith(answer.Element("ArgumentValue")!, value, StringComparison.Ordinal);
        Assert.Equal(message ?? answer.Element("Message"), answer.Element("Message"));
    }

    [Fact]
    public async Task A_document_needs_no_digest_but_a_wrong_one_is_refused()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var document = System.Text.Encoding.UTF8.GetBytes(Document());
        (await bucket.SendAsync("PUT", "", document, [("acl", "")])).AssertOk();
        (await bucket.SendAsync("PUT", "", document, [("acl", "")], ("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")))
            .AssertRefused(400, "BadDigest");
    }

    [Fact]
    public async Task Where_acls_are_disabled_only_what_holds_anyway_is_taken()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerEnforced);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest,
            "AccessControlListNotSupported",
            () => bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.Private }, Cancellation));
        (await bucket.SendDocumentAsync("", "acl", Document(ToGroup(AllUsers, "READ"))))
            .AssertRefused(400, "AccessControlListNotSupported");
        (await bucket.SendDocumentAsync("", "acl", Document(ToAccount(OwnerId, "FULL_CONTROL")))).AssertOk();
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync());
    }

    [Fact]
    public async Task A_block_refuses_public_acls_and_no_others()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { BlockPublicAcls = true } },
            Cancellation);
        foreach (var acl in (S3CannedACL[])[S3CannedACL.PublicRead, S3CannedACL.PublicReadWrite, S3CannedACL.AuthenticatedRead])
        {
            await ScratchBucket.AssertRefusedAsync(
                HttpStatusCode.Forbidden,
                "AccessDenied",
                () => bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = acl }, Cancellation));
        }

        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.LogDeliveryWrite }, Cancellation);
        Assert.Contains("LogDelivery WRITE", await bucket.ReadAclAsync());
    }
}

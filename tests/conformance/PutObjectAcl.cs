using System.Net;
using Amazon.S3;
using static ObjectServer.Conformance.AclCases;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html</summary>
public sealed class PutObjectAcl(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_replaces_the_grants_and_leaves_the_object_alone()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter, VersionStatus.Enabled);
        var put = await bucket.PutAsync("k", "kept", put => put.CannedACL = S3CannedACL.PublicReadWrite);
        var modified = (await bucket.HeadAsync("k")).LastModified;
        var answer = await bucket.SendAsync("PUT", "k", null, [("acl", "")], ("x-amz-acl", "authenticated-read"));
        answer.AssertOk();
        Assert.Equal(put.VersionId, answer.Header("x-amz-version-id"));
        Assert.Equal(["AuthenticatedUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal(
            ("kept", put.ETag, put.VersionId, modified),
            (content, response.ETag, response.VersionId, response.LastModified));
    }

    [Theory]
    [InlineData("private", "root FULL_CONTROL")]
    [InlineData("public-read", "AllUsers READ, root FULL_CONTROL")]
    [InlineData("public-read-write", "AllUsers READ, AllUsers WRITE, root FULL_CONTROL")]
    [InlineData("authenticated-read", "AuthenticatedUsers READ, root FULL_CONTROL")]
    [InlineData("bucket-owner-read", "root FULL_CONTROL")]
    [InlineData("bucket-owner-full-control", "root FULL_CONTROL")]
    public async Task A_canned_acl_has_its_grants(string name, string grants)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k");
        await bucket.S3.PutObjectAclAsync(new() { BucketName = bucket.Name, Key = "k", ACL = name }, Cancellation);
        Assert.Equal(grants, string.Join(", ", await bucket.ReadAclAsync("k")));
    }

    [Fact]
    public async Task What_is_read_can_be_put_back()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k", with: put => put.CannedACL = "aws-exec-read");
        var read = await bucket.S3.GetObjectAclAsync(new() { BucketName = bucket.Name, Key = "k" }, Cancellation);
        var before = await bucket.ReadAclAsync("k");
        Assert.Equal(2, before.Length);
        await bucket.S3.PutObjectAclAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = "k",
                AccessControlPolicy = new() { Owner = read.Owner, Grants = read.Grants },
            },
            Cancellation);
        Assert.Equal(before, await bucket.ReadAclAsync("k"));
    }

    [Theory]
    [InlineData("READ")]
    [InlineData("WRITE")]
    [InlineData("READ_ACP")]
    [InlineData("WRITE_ACP")]
    [InlineData("FULL_CONTROL")]
    public async Task The_owner_may_be_left_any_one_permission(string permission)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k");
        (await bucket.SendDocumentAsync("k", "acl", Document(ToAccount(OwnerId, permission)))).AssertOk();
        Assert.Equal([$"root {permission}"], await bucket.ReadAclAsync("k"));
    }

    [Fact]
    public async Task An_older_version_is_named_by_its_id()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter, VersionStatus.Enabled);
        var old = (await bucket.PutAsync("k", "old")).VersionId;
        await bucket.PutAsync("k", "new");
        await bucket.S3.PutObjectAclAsync(
            new() { BucketName = bucket.Name, Key = "k", VersionId = old, ACL = S3CannedACL.PublicRead }, Cancellation);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k", old));
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
    }

    [Fact]
    public async Task There_is_nothing_to_grant_without_an_object()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter, VersionStatus.Enabled);
        (await PutAsync()).AssertRefused(404, "NoSuchKey");
        await bucket.PutAsync("k");
        var marker = (await bucket.DeleteAsync("k")).VersionId;
        (await PutAsync()).AssertRefused(404, "NoSuchKey");
        (await PutAsync(("versionId", marker))).AssertRefused(405, "MethodNotAllowed");

        Task<RawAnswer> PutAsync(params (string, string)[] query) =>
            bucket.SendAsync("PUT", "k", null, [("acl", ""), .. query], ("x-amz-acl", "private"));
    }

    [Theory]
    [InlineData("log-delivery-write")]
    [InlineData("everybody")]
    [InlineData("")]
    public async Task An_acl_that_no_object_has_is_refused(string name)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k");
        var answer = await bucket.SendAsync("PUT", "k", null, [("acl", "")], ("x-amz-acl", name));
        answer.AssertRefused(400, "InvalidArgument");
        Assert.Equal("x-amz-acl", answer.Element("ArgumentName"));
    }

    [Fact]
    public async Task Where_acls_are_disabled_only_what_holds_anyway_is_taken()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerEnforced);
        await bucket.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "AccessControlListNotSupported", () => PutAsync(S3CannedACL.Private));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "AccessControlListNotSupported", () => PutAsync(S3CannedACL.PublicRead));
        await PutAsync(S3CannedACL.BucketOwnerFullControl);
        (await bucket.SendDocumentAsync("k", "acl", Document(ToAccount(OwnerId, "FULL_CONTROL")))).AssertOk();
        (await bucket.SendDocumentAsync("k", "acl", Document(ToAccount(OwnerId, "READ"))))
            .AssertRefused(400, "AccessControlListNotSupported");

        Task PutAsync(S3CannedACL acl) =>
            bucket.S3.PutObjectAclAsync(new() { BucketName = bucket.Name, Key = "k", ACL = acl }, Cancellation);
    }

    [Fact]
    public async Task A_block_refuses_public_acls()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k");
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { BlockPublicAcls = true } },
            Cancellation);
        (await bucket.SendDocumentAsync("k", "acl", Document(ToGroup(AllUsers, "READ_ACP"))))
            .AssertRefused(403, "AccessDenied");
        (await bucket.SendDocumentAsync("k", "acl", Document(ToAccount(OwnerId, "READ")))).AssertOk();
    }
}

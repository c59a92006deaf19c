using System.Net;
using Amazon.S3;
using static ObjectServer.Conformance.AclCases;

namespace ObjectServer.Conformance;

/// <summary>
/// What the ACLs of one account let another one do, and nobody in particular; whose the objects are that others write.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html</remarks>
public sealed class AccessAcrossAccounts(ServerFixture server)
{
    private const string AnonymousId = "65a011a29cdf8ec533ec3d1ccaae921c";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "")]
    [InlineData("READ", "list")]
    [InlineData("WRITE", "put")]
    [InlineData("READ_ACP", "read-acl")]
    [InlineData("WRITE_ACP", "write-acl")]
    [InlineData("FULL_CONTROL", "list put read-acl write-acl")]
    public async Task A_grant_on_a_bucket_allows_what_it_says(string permission, string allowed)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        var grants = permission.Length == 0 ? [] : new[] { ToAccount(OtherAccount.CanonicalId, permission) };
        (await bucket.SendDocumentAsync("", "acl", Document([ToAccount(OwnerId, "FULL_CONTROL"), .. grants]))).AssertOk();

        var may = new List<string>();
        await TryAsync("list", () => server.Other.ListObjectsV2Async(new() { BucketName = bucket.Name }, Cancellation));
        await TryAsync("put", () => server.Other.PutObjectAsync(
            new() { BucketName = bucket.Name, Key = "k", ContentBody = "x" }, Cancellation));
        await TryAsync("read-acl", () => server.Other.GetBucketAclAsync(new() { BucketName = bucket.Name }, Cancellation));
        await TryAsync("write-acl", () => server.Other.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.Private }, Cancellation));
        Assert.Equal(allowed, string.Join(' ', may));

        async Task TryAsync(string name, Func<Task> call)
        {
            try
            {
                await call();
                may.Add(name);
            }
            catch (AmazonS3Exception refusal) when (refusal.ErrorCode == "AccessDenied")
            {
            }
        }
    }

    [Theory]
    [InlineData("private", 403, 403)]
    [InlineData("public-read", 200, 200)]
    [InlineData("authenticated-read", 200, 403)]
    public async Task A_canned_acl_on_an_object_allows_what_it_says(string acl, int other, int anonymous)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k", with: put => put.CannedACL = acl);
        Assert.Equal(other, await StatusAsync(() => server.Other.GetObjectAsync(bucket.Name, "k", Cancellation)));
        Assert.Equal(anonymous, (await bucket.SendUnsignedAsync("GET", "k")).Status);
        Assert.Equal(403, (await bucket.SendUnsignedAsync("PUT", "k", [])).Status);
        Assert.Equal(403, await StatusAsync(() => server.Other.DeleteObjectAsync(bucket.Name, "k", Cancellation)));
    }

    [Fact]
    public async Task A_grant_by_e_mail_is_one_to_the_account()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k");
        (await bucket.SendDocumentAsync("k", "acl", Document(
            ToAccount(OwnerId, "FULL_CONTROL"),
            Grant("AmazonCustomerByEmail", "<EmailAddress>OTHER@example.com</EmailAddress>", "READ")))).AssertOk();
        Assert.Equal(["root FULL_CONTROL", "other READ"], await bucket.ReadAclAsync("k"));
        using var got = await server.Other.GetObjectAsync(bucket.Name, "k", Cancellation);
        (await bucket.SendAsync(
            "PUT", "k", null, [("acl", "")], ("x-amz-grant-read-acp", $"emailAddress=\"{OtherAccount.Email}\""))).AssertOk();
        Assert.Equal(["other READ_ACP"], await bucket.ReadAclAsync("k"));
        await server.Other.GetObjectAclAsync(new() { BucketName = bucket.Name, Key = "k" }, Cancellation);
        Assert.Equal(403, await StatusAsync(() => server.Other.GetObjectAsync(bucket.Name, "k", Cancellation)));
    }

    [Theory]
    [InlineData("BucketOwnerPreferred", null, true, "other FULL_CONTROL")]
    [InlineData("BucketOwnerPreferred", "private", true, "other FULL_CONTROL")]
    [InlineData("BucketOwnerPreferred", "bucket-owner-full-control", false, "root FULL_CONTROL")]
    [InlineData("ObjectWriter", null, true, "other FULL_CONTROL")]
    [InlineData("ObjectWriter", "bucket-owner-read", true, "other FULL_CONTROL, root READ")]
    [InlineData("ObjectWriter", "bucket-owner-full-control", true, "other FULL_CONTROL, root FULL_CONTROL")]
    public async Task Whoever_writes_owns_what_the_bucket_leaves_to_the_writer(
        string ownership, string? acl, bool isWriters, string grants)
    {
        var bucket = await server.NewBucketAsync(ownership);
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        var canned = acl is null ? null : S3CannedACL.FindValue(acl);
        await server.Other.PutObjectAsync(
            new() { BucketName = bucket.Name, Key = "put", ContentBody = "x", CannedACL = canned }, Cancellation);
        var upload = await server.Other.InitiateMultipartUploadAsync(
            new() { BucketName = bucket.Name, Key = "parts", CannedACL = canned }, Cancellation);
        var part = await server.Other.UploadPartAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = "parts",
                UploadId = upload.UploadId,
                PartNumber = 1,
                InputStream = new MemoryStream([1]),
            },
            Cancellation);
        var owner = isWriters ? OtherAccount.CanonicalId : OwnerId;

        var listed = await server.Other.ListPartsAsync(
            new() { BucketName = bucket.Name, Key = "parts", UploadId = upload.UploadId }, Cancellation);
        Assert.Equal((OtherAccount.CanonicalId, owner), (listed.Initiator.Id, listed.Owner.Id));
        await server.Other.CompleteMultipartUploadAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = "parts",
                UploadId = upload.UploadId,
                PartETags = [new(1, part.ETag)],
            },
            Cancellation);

        var reader = isWriters ? server.Other : server.S3;
        foreach (var key in (string[])["put", "parts"])
        {
            var kept = await reader.GetObjectAclAsync(new() { BucketName = bucket.Name, Key = key }, Cancellation);
            Assert.Equal(owner, kept.Owner.Id);
            Assert.Equal(
                grants, string.Join(", ", kept.Grants.Select(grant => $"{grant.Grantee.DisplayName} {grant.Permission}")));
        }

        var objects = await bucket.S3.ListObjectsV2Async(
            new() { BucketName = bucket.Name, FetchOwner = true }, Cancellation);
        Assert.All(objects.S3Objects, found => Assert.Equal(owner, found.Owner.Id));
        await bucket.S3.DeleteObjectAsync(bucket.Name, "put", Cancellation);
    }

    [Fact]
    public async Task Where_acls_are_disabled_the_bucket_owner_owns_what_was_anothers()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        await server.Other.PutObjectAsync(new() { BucketName = bucket.Name, Key = "k", ContentBody = "x" }, Cancellation);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", () => bucket.GetAsync("k"));
        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.Private }, Cancellation);
        await bucket.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = bucket.Name,
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = ObjectOwnership.BucketOwnerEnforced }] },
            },
            Cancellation);
        Assert.Equal("x", (await bucket.GetAsync("k")).Content);
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        Assert.Equal(403, await StatusAsync(() => server.Other.GetObjectAsync(bucket.Name, "k", Cancellation)));
    }

    [Fact]
    public async Task What_nobody_in_particular_writes_is_nobodys_in_particular()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        (await bucket.SendUnsignedAsync("PUT", "k", "x"u8.ToArray(), ("x-amz-acl", "bucket-owner-full-control"))).AssertOk();
        var listed = await bucket.S3.ListObjectsV2Async(new() { BucketName = bucket.Name, FetchOwner = true }, Cancellation);
        Assert.Equal(AnonymousId, Assert.Single(listed.S3Objects).Owner.Id);
        Assert.Equal("x", (await bucket.GetAsync("k")).Content);
        Assert.Equal(403, (await bucket.SendUnsignedAsync("GET", "k")).Status);
    }

    [Fact]
    public async Task Grants_to_the_world_count_for_nothing_while_they_are_ignored()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicRead }, Cancellation);
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await server.Other.ListObjectsV2Async(new() { BucketName = bucket.Name }, Cancellation);
        (await bucket.SendUnsignedAsync("GET", "k")).AssertOk();
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { IgnorePublicAcls = true } },
            Cancellation);
        Assert.Equal(403, await StatusAsync(
            () => server.Other.ListObjectsV2Async(new() { BucketName = bucket.Name }, Cancellation)));
        (await bucket.SendUnsignedAsync("GET", "k")).AssertRefused(403, "AccessDenied");

        // They may still be made: they are ignored, not refused.
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        Assert.Equal(403, (await bucket.SendUnsignedAsync("PUT", "k", [])).Status);
    }

    [Fact]
    public async Task Whoever_began_an_upload_may_list_its_parts_and_abort_it_and_nobody_else_of_the_others()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerEnforced);
        (await bucket.SendDocumentAsync("", "policy", $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{OtherAccount.Id}}"},
            "Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*"}]}
            """)).AssertOk(204);
        var own = await bucket.S3.InitiateMultipartUploadAsync(
            new() { BucketName = bucket.Name, Key = "k" }, Cancellation);
        var others = await server.Other.InitiateMultipartUploadAsync(
            new() { BucketName = bucket.Name, Key = "k" }, Cancellation);
        Assert.Equal(403, await ListAsync(server.Other, own.UploadId));
        Assert.Equal(403, await AbortAsync(server.Other, own.UploadId));
        Assert.Equal(403, await ListAsync(server.Other, "none"));
        Assert.Equal(200, await ListAsync(server.Other, others.UploadId));
        Assert.Equal(200, await ListAsync(server.S3, others.UploadId));
        Assert.Equal(200, await AbortAsync(server.Other, others.UploadId));
        Assert.Equal(404, await AbortAsync(server.S3, others.UploadId));
        Assert.Equal(200, await AbortAsync(server.S3, own.UploadId));

        Task<int> ListAsync(AmazonS3Client client, string upload) => StatusAsync(() => client.ListPartsAsync(
            new() { BucketName = bucket.Name, Key = "k", UploadId = upload }, Cancellation));

        Task<int> AbortAsync(AmazonS3Client client, string upload) => StatusAsync(() => client.AbortMultipartUploadAsync(
            new() { BucketName = bucket.Name, Key = "k", UploadId = upload }, Cancellation));
    }

    [Theory]
    [InlineData("public-read", 404)]
    [InlineData("private", 403)]
    public async Task Who_may_list_a_bucket_may_know_that_a_key_is_not_there(string acl, int status)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter, VersionStatus.Enabled);
        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = acl }, Cancellation);
        await bucket.PutAsync("gone", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await bucket.DeleteAsync("gone");
        foreach (var key in (string[])["never", "gone"])
        {
            Assert.Equal(status, (await bucket.SendUnsignedAsync("GET", key)).Status);
            Assert.Equal(status, (await bucket.SendUnsignedAsync("HEAD", key)).Status);
        }
    }

    [Fact]
    public async Task A_bucket_of_another_account_is_taken()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict,
            "BucketAlreadyExists",
            () => server.Other.PutBucketAsync(bucket.Name, Cancellation));
        Assert.DoesNotContain(
            (await server.Other.ListBucketsAsync(Cancellation)).Buckets ?? [], listed => listed.BucketName == bucket.Name);
    }

    private static async Task<int> StatusAsync(Func<Task> call)
    {
        try
        {
            await call();
            return 200;
        }
        catch (AmazonS3Exception refusal)
        {
            return (int)refusal.StatusCode;
        }
    }

    [Fact]
    public async Task Every_listing_names_the_owners_by_id_and_name()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        await bucket.SetVersioningAsync(VersionStatus.Enabled);
        await bucket.PutAsync("a");
        await server.Other.PutObjectAsync(
            new() { BucketName = bucket.Name, Key = "b", ContentBody = "x" }, Cancellation);
        await server.Other.InitiateMultipartUploadAsync(new() { BucketName = bucket.Name, Key = "c" }, Cancellation);
        var (own, foreign) = (Owner("Owner", OwnerId, "root"), Owner("Owner", OtherAccount.CanonicalId, OtherAccount.Name));

        foreach (var query in (string[])["", "list-type=2&fetch-owner=true", "versions"])
        {
            var page = (await server.SendAsync("GET", $"/{bucket.Name}?{query}")).AssertOk().Text;
            Assert.Equal((1, 1), (Count(page, own), Count(page, foreign)));
        }

        var uploads = (await server.SendAsync("GET", $"/{bucket.Name}?uploads")).AssertOk().Text;
        Assert.Equal(
            (1, 1), (Count(uploads, foreign), Count(uploads, Owner("Initiator", OtherAccount.CanonicalId, OtherAccount.Name))));
        Assert.Equal(1, Count((await server.SendAsync("GET", "/")).AssertOk().Text, own));

        static string Owner(string element, string id, string name) =>
            $"<{element}><ID>{id}</ID><DisplayName>{name}</DisplayName></{element}>";

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }
}

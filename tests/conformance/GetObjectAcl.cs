using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html</summary>
public sealed class GetObjectAcl(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_version_has_its_own()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter, VersionStatus.Enabled);
        var open = (await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead)).VersionId;
        await bucket.PutAsync("k");
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k", open));
        var acl = await bucket.S3.GetObjectAclAsync(
            new() { BucketName = bucket.Name, Key = "k", VersionId = open }, Cancellation);
        Assert.Equal(AclCases.OwnerId, acl.Owner.Id);
        Assert.Equal(AclCases.AllUsers, acl.Grants[0].Grantee.URI);
    }

    [Fact]
    public async Task There_is_none_without_an_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        (await bucket.SendAsync("GET", "k", query: [("acl", "")])).AssertRefused(404, "NoSuchKey");
        await bucket.PutAsync("k");
        var marker = (await bucket.DeleteAsync("k")).VersionId;
        (await bucket.SendAsync("GET", "k", query: [("acl", "")])).AssertRefused(404, "NoSuchKey");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed,
            "MethodNotAllowed",
            () => bucket.S3.GetObjectAclAsync(
                new() { BucketName = bucket.Name, Key = "k", VersionId = marker }, Cancellation));
    }

    [Fact]
    public async Task Where_acls_are_disabled_it_shows_the_owner_of_the_bucket_alone_until_they_are_not()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await PutOwnershipAsync(ObjectOwnership.BucketOwnerEnforced);
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        await PutOwnershipAsync(ObjectOwnership.BucketOwnerPreferred);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));

        Task PutOwnershipAsync(ObjectOwnership ownership) => bucket.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = bucket.Name,
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = ownership }] },
            },
            Cancellation);
    }
}

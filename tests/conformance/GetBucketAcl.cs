using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html</summary>
public sealed class GetBucketAcl(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_is_its_owners_alone_until_it_is_told_otherwise()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var acl = await bucket.S3.GetBucketAclAsync(new() { BucketName = bucket.Name }, Cancellation);
        Assert.Equal((AclCases.OwnerId, "root"), (acl.Owner.Id, acl.Owner.DisplayName));
        var grant = Assert.Single(acl.Grants);
        Assert.Equal(
            (AclCases.OwnerId, "root", S3Permission.FULL_CONTROL),
            (grant.Grantee.CanonicalUser, grant.Grantee.DisplayName, grant.Permission));
    }

    [Fact]
    public async Task The_document_is_the_one_that_clients_know()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.S3.PutBucketAclAsync(
            new() { BucketName = bucket.Name, ACL = S3CannedACL.PublicRead }, Cancellation);
        var answer = await bucket.SendAsync("GET", "", query: [("acl", "")]);
        answer.AssertOk();
        Assert.Equal("application/xml", answer.Header("Content-Type"));
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + $"<Owner><ID>{AclCases.OwnerId}</ID><DisplayName>root</DisplayName></Owner><AccessControlList>"
            + AclCases.ToGroup(AclCases.AllUsers, "READ")
            + AclCases.Grant(
                "CanonicalUser", $"<ID>{AclCases.OwnerId}</ID><DisplayName>root</DisplayName>", "FULL_CONTROL")
            + "</AccessControlList></AccessControlPolicy>",
            answer.Text);
    }

    [Fact]
    public async Task Without_a_bucket_there_is_no_acl()
    {
        var answer = await server.SendAsync("GET", $"/{ServerFixture.NewBucketName()}?acl");
        answer.AssertRefused(404, "NoSuchBucket");
    }
}

using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html</summary>
public sealed class DeleteBucketOwnershipControls(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_them_writers_own_what_they_write_and_acls_count()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        for (var time = 0; time < 2; time++)
        {
            var deleted = await bucket.S3.DeleteBucketOwnershipControlsAsync(
                new() { BucketName = bucket.Name }, Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, deleted.HttpStatusCode);
        }

        var refusal = await bucket.SendAsync("GET", "", query: [("ownershipControls", "")]);
        refusal.AssertRefused(404, "OwnershipControlsNotFoundError");
        Assert.Equal(bucket.Name, refusal.Element("BucketName"));
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
    }
}

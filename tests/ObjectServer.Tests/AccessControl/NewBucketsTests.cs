using ObjectServer.AccessControl;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.AccessControl;

public sealed class NewBucketsTests
{
    private static readonly AccessControlList Open = CannedAcl.ForBucket("public-read", KnownAccounts.Owner);

    [Theory]
    [InlineData("BucketOwnerEnforced", null, "BucketOwnerEnforced", false)]
    [InlineData("BucketOwnerPreferred", null, "BucketOwnerPreferred", true)]
    [InlineData("ObjectWriter", null, null, true)]
    [InlineData("ObjectWriter", "ObjectWriter", "ObjectWriter", true)]
    [InlineData("BucketOwnerEnforced", "ObjectWriter", "ObjectWriter", true)]
    [InlineData("ObjectWriter", "BucketOwnerEnforced", "BucketOwnerEnforced", false)]
    public void A_bucket_has_the_ownership_that_its_creator_or_the_server_says(
        string server, string? asked, string? kept, bool hasAcl)
    {
        var bucket = Bucket(new NewBuckets(OwnershipControls.Parse(server)!.Value, false)
            .Settings(OwnershipControls.Parse(asked), Open));

        Assert.Equal(OwnershipControls.Parse(kept), OwnershipControls.Find(bucket));
        Assert.Equal(hasAcl, AccessControlList.Of(bucket).IsPublic);
        Assert.Equal(hasAcl, bucket.Settings.Find(BucketSetting.Acl) is not null);
        Assert.Null(PublicAccessBlock.Find(bucket));
    }

    [Fact]
    public void A_bucket_blocks_public_access_where_the_server_is_told_so() => Assert.Equal(
        PublicAccessBlock.All,
        PublicAccessBlock.Find(Bucket(
            new NewBuckets(ObjectOwnership.ObjectWriter, BlockPublicAccess: true).Settings(null, new(KnownAccounts.Owner, null)))));

    private static BucketRecord Bucket(BucketSettings settings) => new()
    {
        Id = 1,
        Name = "bucket",
        Created = default,
        OwnerId = KnownAccounts.Owner,
        Region = "r",
        Settings = settings,
    };
}

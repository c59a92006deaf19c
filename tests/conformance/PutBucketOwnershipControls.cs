using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html</summary>
public sealed class PutBucketOwnershipControls(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("BucketOwnerEnforced")]
    [InlineData("BucketOwnerPreferred")]
    [InlineData("ObjectWriter")]
    public async Task Each_ownership_is_kept(string ownership)
    {
        var bucket = await server.NewBucketAsync(ownership);
        var kept = await bucket.S3.GetBucketOwnershipControlsAsync(new() { BucketName = bucket.Name }, Cancellation);
        Assert.Equal(ownership, Assert.Single(kept.OwnershipControls.Rules).ObjectOwnership);
    }

    [Fact]
    public async Task Acls_are_not_disabled_while_the_bucket_grants_something_to_others()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        foreach (var acl in (S3CannedACL[])[S3CannedACL.PublicRead, S3CannedACL.LogDeliveryWrite])
        {
            await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = acl }, Cancellation);
            var refusal = await bucket.SendDocumentAsync("", "ownershipControls", Document("BucketOwnerEnforced"));
            refusal.AssertRefused(400, "InvalidBucketAclWithObjectOwnership");
        }

        await bucket.S3.PutBucketAclAsync(new() { BucketName = bucket.Name, ACL = S3CannedACL.Private }, Cancellation);
        (await bucket.SendDocumentAsync("", "ownershipControls", Document("BucketOwnerEnforced"))).AssertOk();
    }

    [Theory]
    [InlineData("not xml")]
    [InlineData("<OwnershipControls/>")]
    [InlineData("<OwnershipControls><Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule></OwnershipControls>")]
    [InlineData("<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule><Rule/></OwnershipControls>")]
    public async Task A_document_that_is_none_changes_nothing(string document)
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.BucketOwnerPreferred);
        (await bucket.SendDocumentAsync("", "ownershipControls", document)).AssertRefused(400, "MalformedXML");
        var kept = await bucket.S3.GetBucketOwnershipControlsAsync(new() { BucketName = bucket.Name }, Cancellation);
        Assert.Equal(ObjectOwnership.BucketOwnerPreferred, kept.OwnershipControls.Rules[0].ObjectOwnership);
    }

    [Fact]
    public async Task A_digest_is_demanded()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendAsync(
            "PUT", "", System.Text.Encoding.UTF8.GetBytes(Document("ObjectWriter")), [("ownershipControls", "")]);
        answer.AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public Task There_must_be_a_bucket() => ScratchBucket.AssertRefusedAsync(
        HttpStatusCode.NotFound,
        "NoSuchBucket",
        () => server.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = ServerFixture.NewBucketName(),
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = ObjectOwnership.ObjectWriter }] },
            },
            Cancellation));

    private static string Document(string ownership) =>
        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + $"<Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>";
}

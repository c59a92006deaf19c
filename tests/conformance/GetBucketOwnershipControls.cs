namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html</summary>
public sealed class GetBucketOwnershipControls(ServerFixture server)
{
    [Fact]
    public async Task A_new_bucket_has_no_acls_and_says_so()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendAsync("GET", "", query: [("ownershipControls", "")]);
        answer.AssertOk();
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
            + "<ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
            answer.Text);
    }
}

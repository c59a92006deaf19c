using System.Net;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketIntelligentTieringConfiguration.html</summary>
public sealed class DeleteBucketIntelligentTieringConfiguration(ServerFixture server)
{
    [Fact]
    public async Task The_named_one_goes_and_the_others_stay()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var id in (string[])["a", "b"])
        {
            await TieringCases.PutAsync(bucket.S3, bucket.Name, id, filter: null, (90, "ARCHIVE_ACCESS"));
        }

        await DeleteAsync("a");
        (await bucket.SendAsync("GET", "", query: [("intelligent-tiering", ""), ("id", "a")]))
            .AssertRefused(404, "NoSuchConfiguration");
        (await bucket.SendAsync("GET", "", query: [("intelligent-tiering", ""), ("id", "b")])).AssertOk();
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchConfiguration", () => DeleteAsync("a"));
        await DeleteAsync("b");

        Task DeleteAsync(string id) => bucket.S3.DeleteBucketIntelligentTieringConfigurationAsync(
            new() { BucketName = bucket.Name, IntelligentTieringId = id }, TestContext.Current.CancellationToken);
    }
}

using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html</summary>
public sealed class DeleteBucketCors(ServerFixture server)
{
    [Fact]
    public async Task Rules_are_gone_and_stay_gone()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutBucketCors.AllowAsync(bucket, new CORSRule { AllowedMethods = ["GET"], AllowedOrigins = ["*"] });
        for (var time = 0; time < 2; time++)
        {
            (await bucket.SendAsync("DELETE", "", query: [("cors", "")])).AssertOk(204);
            (await bucket.SendAsync("GET", "", query: [("cors", "")])).AssertRefused(404, "NoSuchCORSConfiguration");
        }

        var answer = await bucket.SendAsync("GET", "", headers: ("Origin", "http://a.test"));
        Assert.DoesNotContain(answer.AssertOk().Headers.Keys, name => name.StartsWith("Access-Control-"));
        Assert.Null(answer.Header("Vary"));
    }
}

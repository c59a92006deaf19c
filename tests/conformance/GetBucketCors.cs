using System.Net;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html</summary>
public sealed class GetBucketCors(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_come_back_in_their_order_with_all_that_they_say()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutBucketCors.AllowAsync(
            bucket,
            new CORSRule
            {
                Id = "first & only",
                AllowedHeaders = ["x-amz-*", "Authorization"],
                AllowedMethods = ["GET", "PUT"],
                AllowedOrigins = ["http://a.test", "https://*.b.test"],
                ExposeHeaders = ["ETag"],
                MaxAgeSeconds = 3000,
            },
            new CORSRule { AllowedMethods = ["HEAD"], AllowedOrigins = ["*"] });

        var read = await bucket.S3.GetCORSConfigurationAsync(bucket.Name, Cancellation);

        Assert.Equal(2, read.Configuration.Rules.Count);
        var (first, second) = (read.Configuration.Rules[0], read.Configuration.Rules[1]);
        Assert.Equal(("first & only", 3000), (first.Id, first.MaxAgeSeconds));
        Assert.Equal(["x-amz-*", "Authorization"], first.AllowedHeaders);
        Assert.Equal(["GET", "PUT"], first.AllowedMethods);
        Assert.Equal(["http://a.test", "https://*.b.test"], first.AllowedOrigins);
        Assert.Equal(["ETag"], first.ExposeHeaders);
        Assert.Equal((null, null), (second.Id, second.MaxAgeSeconds));
        Assert.Equal(["HEAD"], second.AllowedMethods);
        Assert.Equal(["*"], second.AllowedOrigins);
    }

    [Fact]
    public async Task A_bucket_without_rules_says_so()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendAsync("GET", "", query: [("cors", "")]);
        answer.AssertRefused((int)HttpStatusCode.NotFound, "NoSuchCORSConfiguration");
        Assert.Equal("The CORS configuration does not exist", answer.Element("Message"));
        Assert.Equal(bucket.Name, answer.Element("BucketName"));
    }
}

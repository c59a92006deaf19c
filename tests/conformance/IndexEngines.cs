using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>The program with each index engine, on one data directory, across kills.</summary>
public sealed class IndexEngines
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_with_one_engine_is_read_and_listed_with_the_other()
    {
        using var directory = new ScratchDirectory();
        var keys = new List<string>();
        foreach (var engine in (string[])["rocksdb", "rocksdb", "litedb", "rocksdb"])
        {
            await using var server = await ServerProcess.StartAsync(directory["data"], "--index", engine);
            using var client = ClientOf(server);
            if (keys.Count == 0)
            {
                await client.PutBucketAsync("engines", Cancellation);
            }

            var key = $"{keys.Count}/{new string('ü', 400)}";
            await client.PutObjectAsync(
                new PutObjectRequest { BucketName = "engines", Key = key, ContentBody = key }, Cancellation);
            keys.Add(key);
            foreach (var put in keys)
            {
                using var got = await client.GetObjectAsync("engines", put, Cancellation);
                using var reader = new StreamReader(got.ResponseStream, Encoding.UTF8);
                Assert.Equal(put, await reader.ReadToEndAsync(Cancellation));
            }

            var listed = await client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = "engines", MaxKeys = 10 }, Cancellation);
            Assert.Equal(keys, listed.S3Objects.Select(found => found.Key));
        }
    }

    private static AmazonS3Client ClientOf(ServerProcess server) => new(
        new BasicAWSCredentials(ServerFixture.AccessKeyId, ServerFixture.SecretAccessKey),
        new AmazonS3Config
        {
            ServiceURL = server.Addresses[0].ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = ServerFixture.Region,
        });
}

using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html</summary>
public sealed class PutBucketAccelerateConfiguration(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_set_is_told()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var status in (BucketAccelerateStatus[])[BucketAccelerateStatus.Enabled, BucketAccelerateStatus.Suspended])
        {
            await SetAsync(bucket.Name, status);
            var told = await server.S3.GetBucketAccelerateConfigurationAsync(
                new GetBucketAccelerateConfigurationRequest { BucketName = bucket.Name }, Cancellation);
            Assert.Equal(status, told.Status);
        }
    }

    [Fact]
    public async Task A_bucket_with_a_period_in_its_name_has_none()
    {
        var name = $"a.{ServerFixture.NewBucketName()}";
        await server.S3.PutBucketAsync(name, Cancellation);
        var refusal = await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRequest", () => SetAsync(name, BucketAccelerateStatus.Enabled));
        Assert.Equal("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names", refusal.Message);
    }

    [Theory]
    [InlineData("", "MissingRequestBodyError")]
    [InlineData("<AccelerateConfiguration/>", "MalformedXML")]
    [InlineData("<AccelerateConfiguration><Status>On</Status></AccelerateConfiguration>", "MalformedXML")]
    [InlineData("<Accelerate><Status>Enabled</Status></Accelerate>", "MalformedXML")]
    public async Task What_is_no_status_is_refused(string document, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("PUT", "", Encoding.UTF8.GetBytes(document), [("accelerate", "")])).AssertRefused(400, code);
    }

    private Task<PutBucketAccelerateConfigurationResponse> SetAsync(string bucket, BucketAccelerateStatus status) =>
        server.S3.PutBucketAccelerateConfigurationAsync(
            new() { BucketName = bucket, AccelerateConfiguration = new() { Status = status } }, Cancellation);
}

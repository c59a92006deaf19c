using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html</summary>
public sealed class PutBucketRequestPayment(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_requesters_pay_nobody_in_particular_is_served_and_the_owner_is_as_ever()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var policy = PutBucketPolicy.Document(PutBucketPolicy.Statement("Allow", "s3:GetObject", $"{bucket.Name}/*"));
        await server.S3.PutBucketPolicyAsync(
            new() { BucketName = bucket.Name, Policy = Encoding.UTF8.GetString(policy) }, Cancellation);
        (await bucket.SendUnsignedAsync("GET", "key")).AssertOk();

        await server.S3.PutBucketRequestPaymentAsync(bucket.Name, new() { Payer = "Requester" }, Cancellation);

        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
        (await bucket.SendUnsignedAsync("GET", "key", headers: ("x-amz-request-payer", "requester")))
            .AssertRefused(403, "AccessDenied");
        Assert.Equal("content", (await bucket.GetAsync("key")).Content);

        await server.S3.PutBucketRequestPaymentAsync(bucket.Name, new() { Payer = "BucketOwner" }, Cancellation);
        (await bucket.SendUnsignedAsync("GET", "key")).AssertOk();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Payer/>")]
    [InlineData("<Payer>Somebody</Payer>")]
    public async Task A_payer_that_does_not_exist_is_refused(string content)
    {
        var bucket = await server.NewBucketAsync();
        var document = Encoding.UTF8.GetBytes($"<RequestPaymentConfiguration>{content}</RequestPaymentConfiguration>");
        var answer = await server.SendAsync(
            "PUT",
            $"/{bucket}?requestPayment",
            document,
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(document))));
        answer.AssertRefused(400, "MalformedXML");
    }
}

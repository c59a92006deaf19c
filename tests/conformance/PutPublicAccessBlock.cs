using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html</summary>
public sealed class PutPublicAccessBlock(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_part_is_kept_by_itself()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        for (var bits = 0; bits < 16; bits++)
        {
            await bucket.S3.PutPublicAccessBlockAsync(
                new()
                {
                    BucketName = bucket.Name,
                    PublicAccessBlockConfiguration = new()
                    {
                        BlockPublicAcls = (bits & 1) != 0,
                        IgnorePublicAcls = (bits & 2) != 0,
                        BlockPublicPolicy = (bits & 4) != 0,
                        RestrictPublicBuckets = (bits & 8) != 0,
                    },
                },
                Cancellation);
            var kept = (await bucket.S3.GetPublicAccessBlockAsync(new() { BucketName = bucket.Name }, Cancellation))
                .PublicAccessBlockConfiguration;
            Assert.Equal(
                bits,
                (kept.BlockPublicAcls == true ? 1 : 0) + (kept.IgnorePublicAcls == true ? 2 : 0)
                    + (kept.BlockPublicPolicy == true ? 4 : 0) + (kept.RestrictPublicBuckets == true ? 8 : 0));
        }
    }

    [Fact]
    public async Task What_is_not_said_is_not_blocked()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendDocumentAsync(
            "",
            "publicAccessBlock",
            "<PublicAccessBlockConfiguration><IgnorePublicAcls>TRUE</IgnorePublicAcls></PublicAccessBlockConfiguration>");
        answer.AssertOk();
        var kept = await bucket.SendAsync("GET", "", query: [("publicAccessBlock", "")]);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
            + "<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>"
            + "</PublicAccessBlockConfiguration>",
            kept.Text);
    }

    [Theory]
    [InlineData("not xml")]
    [InlineData("<PublicAccessBlockConfiguration><BlockPublicAcls>1</BlockPublicAcls></PublicAccessBlockConfiguration>")]
    [InlineData("<PublicAccessBlockConfiguration><Everything>true</Everything></PublicAccessBlockConfiguration>")]
    public async Task A_document_that_is_none_changes_nothing(string document)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendDocumentAsync("", "publicAccessBlock", document)).AssertRefused(400, "MalformedXML");
        (await bucket.SendAsync("GET", "", query: [("publicAccessBlock", "")]))
            .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
    }

    [Fact]
    public async Task New_objects_with_public_acls_are_refused_in_every_way_to_write_one()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("source", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { BlockPublicAcls = true } },
            Cancellation);
        await RefusedAsync(() => bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.AuthenticatedRead));
        await RefusedAsync(() => bucket.S3.CopyObjectAsync(
            new()
            {
                SourceBucket = bucket.Name,
                SourceKey = "source",
                DestinationBucket = bucket.Name,
                DestinationKey = "k",
                CannedACL = S3CannedACL.PublicRead,
            },
            Cancellation));
        await RefusedAsync(() => bucket.S3.InitiateMultipartUploadAsync(
            new() { BucketName = bucket.Name, Key = "k", CannedACL = S3CannedACL.PublicReadWrite }, Cancellation));
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.Private);

        // What was public before stays as it is.
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("source"));

        static Task RefusedAsync(Func<Task> call) =>
            ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", call);
    }
}

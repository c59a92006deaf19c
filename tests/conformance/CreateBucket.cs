using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html</summary>
public sealed class CreateBucket(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_bucket_is_answered_with_its_place_and_name()
    {
        var name = NewName();
        var answer = await server.SendAsync("PUT", "/" + name);
        answer.AssertOk();
        Assert.Equal("/" + name, answer.Header("Location"));
        Assert.Equal("arn:aws:s3:::" + name, answer.Header("x-amz-bucket-arn"));
        Assert.Equal("", answer.Text);
        await server.S3.HeadBucketAsync(new HeadBucketRequest { BucketName = name }, Cancellation);
    }

    [Fact]
    public async Task In_the_first_region_an_owner_may_create_a_bucket_again_and_changes_nothing()
    {
        var name = NewName();
        var tags = Configuration("<Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags>");
        (await server.SendAsync("PUT", "/" + name, tags)).AssertOk();
        (await server.SendAsync("PUT", "/" + name)).AssertOk();
        var tagging = await server.S3.GetBucketTaggingAsync(
            new GetBucketTaggingRequest { BucketName = name }, Cancellation);
        Assert.Equal([("a", "b")], tagging.TagSet.Select(tag => (tag.Key, tag.Value)));
    }

    [Theory]
    [InlineData("Upper-case")]
    [InlineData("under_score")]
    [InlineData("-hyphen")]
    [InlineData("two..dots")]
    [InlineData("192.168.0.1")]
    [InlineData("xn--punycode")]
    [InlineData("name-s3alias")]
    public async Task A_name_against_the_rules_is_refused(string name)
    {
        var answer = await server.SendAsync("PUT", "/" + name);
        answer.AssertRefused(400, "InvalidBucketName");
        Assert.Equal(name, answer.Element("BucketName"));
    }

    [Theory]
    [InlineData("<LocationConstraint>eu-west-1</LocationConstraint>", 400, "IllegalLocationConstraintException")]
    [InlineData("<LocationConstraint>mars-1</LocationConstraint>", 400, "InvalidLocationConstraint")]
    [InlineData("<Location><Type>LocalZone</Type></Location>", 501, "NotImplemented")]
    [InlineData("<Bucket><Type>Directory</Type></Bucket>", 501, "NotImplemented")]
    [InlineData("<Unknown/>", 400, "MalformedXML")]
    [InlineData("<Tags><Tag><Key>aws:x</Key><Value/></Tag></Tags>", 400, "InvalidTag")]
    public async Task A_configuration_that_cannot_be_obeyed_is_refused(string content, int status, string code)
    {
        var name = NewName();
        var answer = await server.SendAsync("PUT", "/" + name, Configuration(content));
        answer.AssertRefused(status, code);
        Assert.Equal(404, (await server.SendAsync("HEAD", "/" + name)).Status);
    }

    [Fact]
    public async Task An_empty_constraint_is_none()
    {
        var answer = await server.SendAsync("PUT", "/" + NewName(), Configuration("<LocationConstraint/>"));
        answer.AssertOk();
    }

    [Fact]
    public async Task Object_lock_brings_versioning_with_it()
    {
        var name = NewName();
        await server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = name, ObjectLockEnabledForBucket = true }, Cancellation);
        var versioning = await server.S3.GetBucketVersioningAsync(
            new GetBucketVersioningRequest { BucketName = name }, Cancellation);
        Assert.Equal(VersionStatus.Enabled, versioning.VersioningConfig.Status);
    }

    [Fact]
    public async Task A_namespace_of_the_accounts_own_demands_its_suffix()
    {
        var answer = await server.SendAsync(
            "PUT", "/" + NewName(), headers: ("x-amz-bucket-namespace", "account-regional"));
        answer.AssertRefused(400, "InvalidBucketName");
        answer = await server.SendAsync("PUT", "/" + NewName(), headers: ("x-amz-bucket-namespace", "galactic"));
        answer.AssertRefused(400, "InvalidArgument");
        answer = await server.SendAsync("PUT", "/" + NewName(), headers: ("x-amz-bucket-namespace", "global"));
        answer.AssertOk();
    }

    [Fact]
    public async Task Access_for_others_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = NewName(), CannedACL = S3CannedACL.PublicRead }, Cancellation));
        Assert.Equal("AccessControlListNotSupported", refusal.ErrorCode);
    }

    private static string NewName() => $"create-{Guid.NewGuid():N}";

    private static byte[] Configuration(string content) => Encoding.UTF8.GetBytes(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + content
        + "</CreateBucketConfiguration>");
}

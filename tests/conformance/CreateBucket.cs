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
    public async Task Access_for_others_needs_a_bucket_with_acls()
    {
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = NewName(), CannedACL = S3CannedACL.PublicRead }, Cancellation));
        Assert.Equal("InvalidBucketAclWithObjectOwnership", refusal.ErrorCode);
        var name = NewName();
        await server.S3.PutBucketAsync(
            new PutBucketRequest
            {
                BucketName = name,
                CannedACL = S3CannedACL.PublicRead,
                ObjectOwnership = ObjectOwnership.BucketOwnerPreferred,
            },
            Cancellation);
        var acl = await server.S3.GetBucketAclAsync(new() { BucketName = name }, Cancellation);
        Assert.Equal([AclCases.AllUsers, null], acl.Grants.Select(grant => grant.Grantee.URI));
        var kept = await server.S3.GetBucketOwnershipControlsAsync(new() { BucketName = name }, Cancellation);
        Assert.Equal(ObjectOwnership.BucketOwnerPreferred, kept.OwnershipControls.Rules[0].ObjectOwnership);
    }

    [Theory]
    [InlineData("x-amz-acl", "private")]
    [InlineData("x-amz-acl", "bucket-owner-full-control")]
    [InlineData("x-amz-object-ownership", "BucketOwnerEnforced")]
    public async Task What_holds_anyway_may_be_asked_for(string name, string value) =>
        (await server.SendAsync("PUT", "/" + NewName(), headers: (name, value))).AssertOk();

    [Theory]
    [InlineData("x-amz-acl", "everybody", "InvalidArgument")]
    [InlineData("x-amz-object-ownership", "Nobody", "InvalidArgument")]
    [InlineData("x-amz-grant-read", "id=nobody", "InvalidArgument")]
    [InlineData("x-amz-grant-read", "emailAddress=nobody@example.com", "UnresolvableGrantByEmailAddress")]
    [InlineData("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/s3/LogDelivery", "InvalidBucketAclWithObjectOwnership")]
    public async Task What_cannot_be_obeyed_makes_no_bucket(string name, string value, string code)
    {
        var bucket = NewName();
        (await server.SendAsync("PUT", "/" + bucket, headers: (name, value))).AssertRefused(400, code);
        Assert.Equal(404, (await server.SendAsync("HEAD", "/" + bucket)).Status);
    }

    [Fact]
    public async Task Created_anew_a_bucket_has_the_acl_that_is_asked_for_then()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("kept");
        (await server.SendAsync(
            "PUT", "/" + bucket.Name, null, ("x-amz-acl", "public-read"), ("x-amz-object-ownership", "ObjectWriter")))
            .AssertOk();
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync());
        (await server.SendAsync("PUT", "/" + bucket.Name)).AssertOk();
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync());
        await bucket.GetAsync("kept");
    }

    private static string NewName() => $"create-{Guid.NewGuid():N}";

    private static byte[] Configuration(string content) => Encoding.UTF8.GetBytes(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + content
        + "</CreateBucketConfiguration>");
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class PutObjectTagging(ServerFixture server)
{
    [Fact]
    public async Task Tags_replace_those_before_and_leave_the_object_alone()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var eTag = (await bucket.PutAsync("k", "kept", put => put.TagSet = [new() { Key = "old", Value = "1" }])).ETag;
        var modified = (await bucket.HeadAsync("k")).LastModified;
        await TagAsync(bucket, "k", ("b", "2"), ("a", "1"));
        Assert.Equal([("a", "1"), ("b", "2")], await TagsAsync(bucket, "k"));
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal(("kept", eTag, modified), (content, response.ETag, response.LastModified));
    }

    [Fact]
    public async Task Each_version_has_its_own()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var old = (await bucket.PutAsync("k", "old")).VersionId;
        var current = (await bucket.PutAsync("k", "new")).VersionId;
        var tagged = await bucket.S3.PutObjectTaggingAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = "k",
                VersionId = old,
                Tagging = new() { TagSet = [new() { Key = "of", Value = "old" }] },
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(old, tagged.VersionId);
        Assert.Equal([("of", "old")], await TagsAsync(bucket, "k", old));
        Assert.Empty(await TagsAsync(bucket, "k"));
        Assert.Empty(await TagsAsync(bucket, "k", current));
    }

    [Fact]
    public async Task Rules_are_those_of_s3()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        await TagAsync(bucket, "k", (new string('k', 128), new string('v', 256)));
        await RefusedAsync("InvalidTag", (new string('k', 129), "v"));
        await RefusedAsync("InvalidTag", ("k", new string('v', 257)));
        await RefusedAsync("InvalidTag", ("aws:k", "v"));
        await RefusedAsync("InvalidTag", ("k", "a|b"));
        await RefusedAsync("InvalidTag", ("k", "1"), ("k", "2"));
        await RefusedAsync("BadRequest", [.. Enumerable.Range(0, 11).Select(number => ($"k{number}", "v"))]);

        Task RefusedAsync(string code, params (string, string)[] tags) => ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, code, () => TagAsync(bucket, "k", tags));
    }

    [Fact]
    public async Task There_is_nothing_to_tag_without_an_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => TagAsync(bucket, "none", ("a", "1")));
        await bucket.PutAsync("k");
        await bucket.DeleteAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed, "MethodNotAllowed", () => TagAsync(bucket, "k", ("a", "1")));
    }

    [Theory]
    [InlineData("<Tagging/>")]
    [InlineData("<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>")]
    [InlineData("not xml")]
    public async Task A_document_that_is_none_changes_nothing(string document)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        await TagAsync(bucket, "k", ("a", "1"));
        var bytes = Encoding.UTF8.GetBytes(document);
        var response = await bucket.SendAsync(
            "PUT", "k", bytes, [("tagging", "")],
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(bytes))));
        response.AssertRefused(400, "MalformedXML");
        Assert.Equal([("a", "1")], await TagsAsync(bucket, "k"));
    }

    private static Task<PutObjectTaggingResponse> TagAsync(
        ScratchBucket bucket, string key, params (string Key, string Value)[] tags) =>
        bucket.S3.PutObjectTaggingAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = key,
                Tagging = new() { TagSet = [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] },
            },
            TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<(string, string)>> TagsAsync(
        ScratchBucket bucket, string key, string? versionId = null)
    {
        var tags = await bucket.S3.GetObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = key, VersionId = versionId },
            TestContext.Current.CancellationToken);
        return (tags.Tagging ?? []).Select(tag => (tag.Key, tag.Value));
    }
}

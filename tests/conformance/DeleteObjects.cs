using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class DeleteObjects(ServerFixture server)
{
    [Fact]
    public async Task A_thousand_keys_go_in_one_request_and_are_told_of_in_its_order()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var keys = Enumerable.Range(0, 1000).Select(number => $"k{number:d4}").Reverse().ToList();
        await Task.WhenAll(keys.Take(50).Select(key => bucket.PutAsync(key)));
        var deleted = await DeleteAsync(bucket, [.. keys.Select(key => new KeyVersion { Key = key })]);
        Assert.Equal(keys, deleted.DeletedObjects.Select(one => one.Key));
        var listed = await bucket.S3.ListObjectsV2Async(
            new() { BucketName = bucket.Name }, TestContext.Current.CancellationToken);
        Assert.Equal(0, listed.KeyCount);
    }

    [Fact]
    public async Task Quiet_tells_only_of_errors()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a");
        await bucket.PutAsync("b");
        var error = await Assert.ThrowsAsync<DeleteObjectsException>(() => DeleteAsync(
            bucket, [new() { Key = "a" }, new() { Key = "b", ETag = "\"x\"" }], quiet: true));
        Assert.Empty(error.Response.DeletedObjects ?? []);
        var refused = Assert.Single(error.Response.DeleteErrors);
        Assert.Equal(("b", "PreconditionFailed"), (refused.Key, refused.Code));
        Assert.Equal("content", (await bucket.GetAsync("b")).Content);
    }

    [Fact]
    public async Task Versions_and_markers_are_told_apart()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var version = (await bucket.PutAsync("k")).VersionId;
        var marked = Assert.Single((await DeleteAsync(bucket, [new() { Key = "k" }])).DeletedObjects);
        Assert.True(marked.DeleteMarker);
        Assert.Null(marked.VersionId);

        var removed = (await DeleteAsync(bucket,
        [
            new() { Key = "k", VersionId = marked.DeleteMarkerVersionId }, new() { Key = "k", VersionId = version },
        ])).DeletedObjects;
        Assert.Equal((true, marked.DeleteMarkerVersionId), (removed[0].DeleteMarker, removed[0].DeleteMarkerVersionId));
        Assert.Equal(version, removed[1].VersionId);
        Assert.NotEqual(true, removed[1].DeleteMarker);
    }

    [Fact]
    public async Task A_version_that_cannot_be_is_an_error_of_its_own()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await bucket.PutAsync("k");
        var error = await Assert.ThrowsAsync<DeleteObjectsException>(
            () => DeleteAsync(bucket, [new() { Key = "k", VersionId = "made-up" }]));
        var refused = Assert.Single(error.Response.DeleteErrors);
        Assert.Equal(("k", "made-up", "NoSuchVersion"), (refused.Key, refused.VersionId, refused.Code));
    }

    [Fact]
    public async Task Conditions_are_judged_key_by_key()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var eTag = (await bucket.PutAsync("a", "12345")).ETag;
        var modified = (await bucket.HeadAsync("a")).LastModified;
        await bucket.PutAsync("b", "12345");
        var error = await Assert.ThrowsAsync<DeleteObjectsException>(() => DeleteAsync(bucket,
        [
            new() { Key = "a", ETag = eTag, Size = 5, LastModifiedTime = modified },
            new() { Key = "b", Size = 4 },
            new() { Key = "c", ETag = eTag },
        ]));
        Assert.Equal(["a", "c"], error.Response.DeletedObjects.Select(one => one.Key));
        Assert.Equal(
            [("b", "PreconditionFailed")],
            error.Response.DeleteErrors.Select(one => (one.Key, one.Code)));
    }

    [Theory]
    [InlineData(" leading and trailing ")]
    [InlineData("<&>\"'")]
    [InlineData("tab\tline\nreturn\r")]
    [InlineData("\u0001\u001f")]
    [InlineData("\U0001f600")]
    public async Task Odd_keys_survive_the_document(string key)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync(key);
        var escaped = string.Concat(key.EnumerateRunes().Select(rune => $"&#{rune.Value};"));
        var response = await SendAsync(bucket, $"<Delete><Object><Key>{escaped}</Key></Object></Delete>");
        response.AssertOk();
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Delete/>")]
    [InlineData("<Delete><Object><Key></Key></Object></Delete>")]
    [InlineData("<Delete><Object><Key>k</Key><Size>many</Size></Object></Delete>")]
    [InlineData("<Delete><Object><Key>k</Key></Object>")]
    [InlineData("<Erase><Object><Key>k</Key></Object></Erase>")]
    [InlineData("<!DOCTYPE Delete [<!ENTITY k \"k\">]><Delete><Object><Key>&k;</Key></Object></Delete>")]
    public async Task A_document_that_is_none_deletes_nothing(string document)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await SendAsync(bucket, document);
        response.AssertRefused(400, "MalformedXML");
        Assert.Equal("content", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task More_than_a_thousand_keys_are_too_many()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var objects = string.Concat(
            Enumerable.Range(0, 1001).Select(number => $"<Object><Key>{number}</Key></Object>"));
        var response = await SendAsync(bucket, $"<Delete>{objects}</Delete>");
        response.AssertRefused(400, "MalformedXML");
    }

    [Fact]
    public async Task A_digest_is_demanded()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var response = await bucket.SendAsync(
            "POST", "", "<Delete><Object><Key>k</Key></Object></Delete>"u8.ToArray(), [("delete", "")]);
        response.AssertRefused(400, "InvalidRequest");
    }

    private static Task<RawAnswer> SendAsync(ScratchBucket bucket, string document)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        return bucket.SendAsync(
            "POST", "", bytes, [("delete", "")],
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(bytes))));
    }

    private static Task<DeleteObjectsResponse> DeleteAsync(
        ScratchBucket bucket, List<KeyVersion> objects, bool quiet = false) =>
        bucket.S3.DeleteObjectsAsync(
            new() { BucketName = bucket.Name, Objects = objects, Quiet = quiet },
            TestContext.Current.CancellationToken);
}

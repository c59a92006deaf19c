using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html</summary>
public sealed class ListObjectVersions(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_versioning_there_are_null_versions()
    {
        var bucket = await server.NewBucketWithAsync("hello");
        var root = await server.ListRawAsync($"/{bucket}?versions");
        Assert.Equal("ListVersionsResult", root.Name.LocalName);
        Assert.Equal(
            ["Name", "Prefix", "KeyMarker", "VersionIdMarker", "MaxKeys", "IsTruncated", "Version"], root.Names());
        var version = root.Elements().Last();
        Assert.Equal(
            [
                "Key", "VersionId", "IsLatest", "LastModified", "ETag", "ChecksumAlgorithm", "ChecksumType", "Size",
                "Owner", "StorageClass",
            ],
            version.Names());
        Assert.Equal(("null", "true"), (version.Text("VersionId"), version.Text("IsLatest")));
    }

    [Fact]
    public async Task Versions_and_delete_markers_come_newest_first()
    {
        var bucket = await NewVersionedBucketAsync();
        var first = await PutAsync(bucket, "k");
        var second = await PutAsync(bucket, "k");
        var marker = (await server.S3.DeleteObjectAsync(bucket, "k", Cancellation)).VersionId;
        var other = await PutAsync(bucket, "l");
        var page = await server.S3.ListVersionsAsync(bucket, Cancellation);
        Assert.Equal(
            [
                ("k", marker, true, true), ("k", second, false, false), ("k", first, false, false),
                ("l", other, true, false),
            ],
            page.Versions.Select(found =>
                (found.Key, found.VersionId, found.IsLatest == true, found.IsDeleteMarker == true)));
    }

    [Fact]
    public async Task Pages_go_on_within_a_key()
    {
        var bucket = await NewVersionedBucketAsync();
        var expected = new List<string>();
        foreach (var key in (string[])["a", "a", "a", "b", "b"])
        {
            expected.Add($"{key} {await PutAsync(bucket, key)}");
        }

        var found = new List<string>();
        var request = new ListVersionsRequest { BucketName = bucket, MaxKeys = 2 };
        ListVersionsResponse page;
        do
        {
            page = await server.S3.ListVersionsAsync(request, Cancellation);
            found.AddRange(page.Versions.Select(version => $"{version.Key} {version.VersionId}"));
            (request.KeyMarker, request.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
        while (page.IsTruncated == true);

        Assert.Equal([.. expected[..3].AsEnumerable().Reverse(), .. expected[3..].AsEnumerable().Reverse()], found);
    }

    [Fact]
    public async Task A_key_marker_alone_skips_all_versions_of_its_key()
    {
        var bucket = await NewVersionedBucketAsync();
        await PutAsync(bucket, "a");
        await PutAsync(bucket, "a");
        await PutAsync(bucket, "b");
        var page = await server.S3.ListVersionsAsync(
            new ListVersionsRequest { BucketName = bucket, KeyMarker = "a" }, Cancellation);
        Assert.Equal(["b"], page.Versions.Select(found => found.Key));
    }

    [Fact]
    public async Task A_delimiter_groups_keys()
    {
        var bucket = await server.NewBucketWithAsync("a/1", "a/2", "b");
        var root = await server.ListRawAsync($"/{bucket}?versions&delimiter=%2F&max-keys=1");
        Assert.Equal(["a/"], root.Texts("CommonPrefixes", "Prefix"));
        Assert.Equal(
            ("true", "a/", "/"), (root.Text("IsTruncated"), root.Text("NextKeyMarker"), root.Text("Delimiter")));
        root = await server.ListRawAsync($"/{bucket}?versions&delimiter=%2F&key-marker=a%2F");
        Assert.Equal(["b"], root.Texts("Version", "Key"));
        Assert.Empty(root.Texts("CommonPrefixes", "Prefix"));
    }

    [Theory]
    [InlineData("version-id-marker=x", "A version-id marker cannot be specified without a key marker.", "x")]
    [InlineData("key-marker=k&version-id-marker=", "A version-id marker cannot be empty.", "")]
    [InlineData("key-marker=k&version-id-marker=x", "Invalid version id specified", "x")]
    public async Task A_version_marker_must_make_sense(string query, string message, string value) =>
        await server.AssertRefusedAsync(
            $"/{await server.NewBucketAsync()}?versions&{query}", message, "version-id-marker", value);

    private async Task<string> NewVersionedBucketAsync()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest
            {
                BucketName = bucket,
                VersioningConfig = new() { Status = VersionStatus.Enabled },
            },
            Cancellation);
        return bucket;
    }

    private async Task<string> PutAsync(string bucket, string key) =>
        (await server.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = "v" }, Cancellation)).VersionId;
}

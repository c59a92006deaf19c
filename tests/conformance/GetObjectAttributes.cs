using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class GetObjectAttributes(ServerFixture server)
{
    [Fact]
    public async Task Only_what_was_asked_for_is_told()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = await bucket.PutAsync("k", "123456789", put => put.ChecksumAlgorithm = ChecksumAlgorithm.CRC32);
        var all = await GetAsync(bucket, "k", ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);
        Assert.Equal(put.ETag.Trim('"'), all.ETag);
        Assert.Equal(("y/Q5Jg==", "FULL_OBJECT"), (all.Checksum.ChecksumCRC32, all.Checksum.ChecksumType?.Value));
        Assert.Null(all.ObjectParts);
        Assert.Equal("STANDARD", all.StorageClass);
        Assert.Equal(9, all.ObjectSize);
        Assert.NotNull(all.LastModified);

        var size = await GetAsync(bucket, "k", ["ObjectSize"]);
        Assert.Equal((null, 9), (size.ETag, size.ObjectSize));
        Assert.Null(size.Checksum);
    }

    [Fact]
    public async Task Parts_with_checksums_come_in_pages()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPartsAsync("k", begin =>
        {
            begin.ChecksumAlgorithm = ChecksumAlgorithm.SHA256;
            begin.ChecksumType = ChecksumType.COMPOSITE;
        }, 5 * 1024 * 1024, 5 * 1024 * 1024, 9);
        var first = (await GetAsync(bucket, "k", ["ObjectParts"], get => get.MaxParts = 2)).ObjectParts;
        Assert.Equal((3, true, 2), (first.TotalPartsCount, first.IsTruncated, first.NextPartNumberMarker));
        Assert.Equal([1, 2], first.Parts.Select(part => part.PartNumber));
        Assert.All(first.Parts, part => Assert.Equal(44, part.ChecksumSHA256.Length));
        var rest = (await GetAsync(
            bucket, "k", ["ObjectParts"], get => get.PartNumberMarker = 2)).ObjectParts;
        Assert.Equal((3, 9L), (Assert.Single(rest.Parts).PartNumber, rest.Parts[0].Size));
        Assert.False(rest.IsTruncated);
        Assert.DoesNotContain(
            "-", (await GetAsync(bucket, "k", ["Checksum"])).Checksum.ChecksumSHA256, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_without_checksums_of_their_own_are_only_counted()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPartsAsync("k", begin =>
        {
            begin.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
            begin.ChecksumType = ChecksumType.FULL_OBJECT;
        }, 5 * 1024 * 1024, 9);
        var parts = (await GetAsync(bucket, "k", ["ObjectParts"])).ObjectParts;
        Assert.Equal(2, parts.TotalPartsCount);
        Assert.Empty(parts.Parts ?? []);
    }

    [Fact]
    public async Task A_version_can_be_named_and_a_marker_cannot()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var version = (await bucket.PutAsync("k", "12345")).VersionId;
        var marker = (await bucket.DeleteAsync("k")).VersionId;
        var old = await GetAsync(bucket, "k", ["ObjectSize"], get => get.VersionId = version);
        Assert.Equal((5, version), (old.ObjectSize, old.VersionId));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => GetAsync(bucket, "k", ["ETag"]));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed, "MethodNotAllowed",
            () => GetAsync(bucket, "k", ["ETag"], get => get.VersionId = marker));
    }

    [Theory]
    [InlineData(null, "InvalidRequest")]
    [InlineData("", "InvalidRequest")]
    [InlineData("ETag,Colour", "InvalidArgument")]
    public async Task Attributes_must_be_named(string? attributes, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        (string, string)[] headers = attributes is null ? [] : [("x-amz-object-attributes", attributes)];
        var response = await bucket.SendAsync("GET", "k", null, [("attributes", "")], headers);
        response.AssertRefused(400, code);
    }

    private static Task<GetObjectAttributesResponse> GetAsync(
        ScratchBucket bucket, string key, string[] attributes, Action<GetObjectAttributesRequest>? with = null)
    {
        var request = new GetObjectAttributesRequest
        {
            BucketName = bucket.Name,
            Key = key,
            ObjectAttributes = [.. attributes.Select(name => new ObjectAttributes(name))],
        };
        with?.Invoke(request);
        return bucket.S3.GetObjectAttributesAsync(request, TestContext.Current.CancellationToken);
    }
}

using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class CopyObject(ServerFixture server)
{
    [Fact]
    public async Task A_copy_has_the_bytes_and_the_metadata_of_its_source()
    {
        var source = await ScratchBucket.CreateAsync(server);
        var target = await ScratchBucket.CreateAsync(server);
        await source.PutAsync("a b+c?d/\u00e9", "copied", put =>
        {
            put.ContentType = "text/plain";
            put.Metadata.Add("m", "v");
            put.TagSet = [new() { Key = "t", Value = "1" }];
            put.StorageClass = S3StorageClass.StandardInfrequentAccess;
            put.WebsiteRedirectLocation = "/other";
        });
        var copied = await CopyAsync(source, "a b+c?d/\u00e9", target, "copy");
        var (response, content) = await target.GetAsync("copy");
        Assert.Equal("copied", content);
        Assert.Equal(copied.ETag, response.ETag);
        Assert.Equal("text/plain", response.Headers.ContentType);
        Assert.Equal("v", response.Metadata["m"]);
        Assert.Equal(1, response.TagCount);
        Assert.Null(response.StorageClass);
        Assert.Null(response.WebsiteRedirectLocation);
        await source.DeleteAsync("a b+c?d/\u00e9");
        Assert.Equal("copied", (await target.GetAsync("copy")).Content);
    }

    [Fact]
    public async Task A_large_copy_outlives_its_source()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var content = new byte[3_000_000];
        content.AsSpan().Fill(7);
        await bucket.PutAsync("a", content);
        await CopyAsync(bucket, "a", bucket, "b");
        await bucket.DeleteAsync("a");
        var response = await bucket.SendAsync("GET", "b");
        Assert.Equal(content, response.Body);
    }

    [Fact]
    public async Task Directives_replace_metadata_and_tags()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a", "x", put =>
        {
            put.Metadata.Add("old", "1");
            put.TagSet = [new() { Key = "old", Value = "1" }];
        });
        await CopyAsync(bucket, "a", bucket, "b", copy =>
        {
            copy.MetadataDirective = S3MetadataDirective.REPLACE;
            copy.ContentType = "text/new";
            copy.Metadata.Add("new", "2");
            copy.TaggingDirective = TaggingDirective.REPLACE;
            copy.TagSet = [new() { Key = "new", Value = "2" }, new() { Key = "more", Value = "3" }];
        });
        var head = await bucket.HeadAsync("b");
        Assert.Equal("text/new", head.Headers.ContentType);
        Assert.Equal(["x-amz-meta-new"], head.Metadata.Keys);
        Assert.Equal(2, (await bucket.GetAsync("b")).Response.TagCount);
    }

    [Theory]
    [InlineData("x-amz-metadata-directive")]
    [InlineData("x-amz-tagging-directive")]
    public async Task An_unknown_directive_is_refused(string header)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a");
        var response = await bucket.SendAsync(
            "PUT", "b", [], null,
            ("x-amz-copy-source", $"{bucket.Name}/a"), (header, "MERGE"));
        response.AssertRefused(400, "InvalidArgument");
    }

    [Fact]
    public async Task A_copy_onto_itself_must_change_something()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "kept");
        var refusal = await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRequest", () => CopyAsync(bucket, "k", bucket, "k"));
        Assert.StartsWith("This copy request is illegal", refusal.Message, StringComparison.Ordinal);
        await CopyAsync(bucket, "k", bucket, "k", copy =>
        {
            copy.MetadataDirective = S3MetadataDirective.REPLACE;
            copy.Metadata.Add("m", "v");
        });
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal(("kept", "v"), (content, response.Metadata["m"]));
        await CopyAsync(bucket, "k", bucket, "k", copy => copy.StorageClass = S3StorageClass.OneZoneInfrequentAccess);
        Assert.Equal("ONEZONE_IA", (await bucket.HeadAsync("k")).StorageClass);
    }

    [Fact]
    public async Task An_old_version_is_copied_back()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var old = (await bucket.PutAsync("k", "old")).VersionId;
        await bucket.PutAsync("k", "new");
        var copied = await CopyAsync(bucket, "k", bucket, "k", copy => copy.SourceVersionId = old);
        Assert.Equal(old, copied.SourceVersionId);
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal(("old", copied.VersionId), (content, response.VersionId));
    }

    [Fact]
    public async Task Conditions_on_the_source_are_judged()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var eTag = (await bucket.PutAsync("a")).ETag;
        var modified = (await bucket.HeadAsync("a")).LastModified!.Value;
        await CopyAsync(bucket, "a", bucket, "b", copy => copy.ETagToMatch = eTag);
        await CopyAsync(bucket, "a", bucket, "b", copy => copy.ETagToNotMatch = "\"x\"");
        await CopyAsync(bucket, "a", bucket, "b", copy => copy.ModifiedSinceDate = modified.AddSeconds(-1));
        await CopyAsync(bucket, "a", bucket, "b", copy => copy.UnmodifiedSinceDate = modified);
        await RefusedAsync(copy => copy.ETagToMatch = "\"x\"");
        await RefusedAsync(copy => copy.ETagToNotMatch = eTag);
        await RefusedAsync(copy => copy.ModifiedSinceDate = modified);
        await RefusedAsync(copy => copy.UnmodifiedSinceDate = modified.AddSeconds(-1));

        Task RefusedAsync(Action<CopyObjectRequest> with) => ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed", () => CopyAsync(bucket, "a", bucket, "c", with));
    }

    [Fact]
    public async Task Conditions_on_the_destination_are_judged()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a", "a");
        var eTag = (await bucket.PutAsync("b", "b")).ETag;
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => CopyAsync(bucket, "a", bucket, "b", copy => copy.IfNoneMatch = "*"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey",
            () => CopyAsync(bucket, "a", bucket, "c", copy => copy.IfMatch = eTag));
        Assert.Equal("b", (await bucket.GetAsync("b")).Content);
        await CopyAsync(bucket, "a", bucket, "b", copy => copy.IfMatch = eTag);
        Assert.Equal("a", (await bucket.GetAsync("b")).Content);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_named()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => CopyAsync(bucket, "none", bucket, "b"));
        await bucket.PutAsync("a");
        var marker = await bucket.DeleteAsync("a");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => CopyAsync(bucket, "a", bucket, "b"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRequest",
            () => CopyAsync(bucket, "a", bucket, "b", copy => copy.SourceVersionId = marker.VersionId));
        var elsewhere = await bucket.SendAsync(
            "PUT", "b", [], null, ("x-amz-copy-source", "no-such-bucket-here/k"));
        elsewhere.AssertRefused(404, "NoSuchBucket");
        var malformed = await bucket.SendAsync(
            "PUT", "b", [], null, ("x-amz-copy-source", "x-amz-copy-source"));
        malformed.AssertRefused(400, "InvalidArgument");
    }

    [Fact]
    public async Task A_checksum_of_another_algorithm_is_computed()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a", "123456789", put => put.ChecksumAlgorithm = ChecksumAlgorithm.CRC32);
        var same = await CopyAsync(bucket, "a", bucket, "b");
        Assert.Equal(("y/Q5Jg==", "FULL_OBJECT"), (same.ChecksumCRC32, same.ChecksumType?.Value));
        var other = await CopyAsync(
            bucket, "a", bucket, "b", copy => copy.ChecksumAlgorithm = ChecksumAlgorithm.CRC32C);
        Assert.Equal((null, "4waSgw=="), (other.ChecksumCRC32, other.ChecksumCRC32C));
    }

    [Fact]
    public async Task A_copy_of_parts_is_whole_and_has_a_checksum_of_the_whole()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var algorithm in new[] { ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA256 })
        {
            await bucket.PutPartsAsync("parts", begin =>
            {
                begin.ChecksumAlgorithm = algorithm;
                begin.ChecksumType = ChecksumType.COMPOSITE;
            }, 5 * 1024 * 1024, 9);
            var whole = await bucket.PutAsync(
                "whole", new byte[(5 * 1024 * 1024) + 9], put => put.ChecksumAlgorithm = algorithm);
            var copied = await CopyAsync(bucket, "parts", bucket, "copy");
            Assert.Equal("FULL_OBJECT", copied.ChecksumType);
            Assert.Equal((whole.ChecksumCRC32, whole.ChecksumSHA256), (copied.ChecksumCRC32, copied.ChecksumSHA256));
            Assert.Equal(whole.ChecksumType, copied.ChecksumType);
        }
    }

    [Fact]
    public async Task An_acl_is_never_copied()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("k", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await CopyAsync(bucket, "k", bucket, "private");
        Assert.Equal(["root FULL_CONTROL"], await bucket.ReadAclAsync("private"));
        await CopyAsync(bucket, "k", bucket, "other", copy => copy.CannedACL = S3CannedACL.AuthenticatedRead);
        Assert.Equal(["AuthenticatedUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("other"));
        var enforced = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest,
            "AccessControlListNotSupported",
            () => CopyAsync(bucket, "k", enforced, "k", copy => copy.CannedACL = S3CannedACL.PublicRead));
    }

    private static Task<CopyObjectResponse> CopyAsync(
        ScratchBucket source, string key, ScratchBucket target, string copyKey, Action<CopyObjectRequest>? with = null)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = source.Name,
            SourceKey = key,
            DestinationBucket = target.Name,
            DestinationKey = copyKey,
        };
        with?.Invoke(request);
        return target.S3.CopyObjectAsync(request, TestContext.Current.CancellationToken);
    }
}

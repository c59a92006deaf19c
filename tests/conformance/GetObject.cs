using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

public sealed class GetObject(ServerFixture server)
{
    private const int Part = 5 * 1024 * 1024;

    [Fact]
    public async Task A_missing_key_is_named()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var response = await bucket.SendAsync("GET", "no/such");
        var document = response.AssertRefused(404, "NoSuchKey").Text;
        Assert.Contains("<Key>no/such</Key>", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes=2-5", "2345", "bytes 2-5/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", "789", "bytes 7-9/10")]
    [InlineData("bytes=-99", "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=0-99", "0123456789", "bytes 0-9/10")]
    public async Task A_range_is_a_part(string range, string content, string contentRange)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "0123456789");
        var response = await bucket.SendAsync("GET", "k", null, null, ("Range", range));
        response.AssertOk(206);
        Assert.Equal(content, response.Text);
        Assert.Equal(contentRange, response.Header("Content-Range"));
        Assert.Equal(content.Length, response.Body.Length);
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("nonsense")]
    public async Task What_is_no_single_range_gives_the_whole(string range)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "0123456789");
        var response = await bucket.SendAsync("GET", "k", null, null, ("Range", range));
        response.AssertOk();
        Assert.Equal("0123456789", response.Text);
    }

    [Theory]
    [InlineData("0123456789", "bytes=10-")]
    [InlineData("0123456789", "bytes=-0")]
    [InlineData("", "bytes=0-")]
    public async Task A_range_of_nothing_is_refused_with_the_size(string content, string range)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", content);
        var response = await bucket.SendAsync("GET", "k", null, null, ("Range", range));
        var document = response.AssertRefused(416, "InvalidRange").Text;
        Assert.Contains($"<RangeRequested>{range}</RangeRequested>", document, StringComparison.Ordinal);
        Assert.Contains($"<ActualObjectSize>{content.Length}</ActualObjectSize>", document, StringComparison.Ordinal);
        Assert.Equal($"bytes */{content.Length}", response.Header("Content-Range"));
    }

    [Fact]
    public async Task A_range_across_blocks_and_parts_is_exact()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var content = new byte[1_000_000];
        for (var at = 0; at < content.Length; at++)
        {
            content[at] = (byte)(at * 31 / 7);
        }

        await bucket.PutAsync("k", content);
        var ranges = new[] { (0, 0), (65_535, 65_536), (262_143, 524_288), (1, 999_999), (999_999, 999_999) };
        foreach (var (first, last) in ranges)
        {
            var response = await bucket.SendAsync(
                "GET", "k", null, null, ("Range", $"bytes={first}-{last}"));
            Assert.Equal(
                content[first..(last + 1)],
                response.Body);
        }
    }

    [Fact]
    public async Task Conditions_follow_rfc_9110()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var eTag = (await bucket.PutAsync("k")).ETag;
        var modified = (await bucket.HeadAsync("k")).LastModified!.Value;
        var (before, after) = (modified.AddSeconds(-1).ToString("R"), modified.AddSeconds(1).ToString("R"));

        Assert.Equal(200, await StatusAsync(("If-Match", eTag)));
        Assert.Equal(200, await StatusAsync(("If-Match", eTag.Trim('"'))));
        Assert.Equal(412, await StatusAsync(("If-Match", "\"x\"")));
        Assert.Equal(304, await StatusAsync(("If-None-Match", eTag)));
        Assert.Equal(200, await StatusAsync(("If-None-Match", "\"x\"")));
        Assert.Equal(304, await StatusAsync(("If-Modified-Since", modified.ToString("R"))));
        Assert.Equal(200, await StatusAsync(("If-Modified-Since", before)));
        Assert.Equal(200, await StatusAsync(("If-Unmodified-Since", modified.ToString("R"))));
        Assert.Equal(412, await StatusAsync(("If-Unmodified-Since", before)));
        Assert.Equal(200, await StatusAsync(("If-Match", eTag), ("If-Unmodified-Since", before)));
        Assert.Equal(304, await StatusAsync(("If-None-Match", eTag), ("If-Modified-Since", before)));
        Assert.Equal(200, await StatusAsync(("If-None-Match", "\"x\""), ("If-Modified-Since", after)));

        async Task<int> StatusAsync(params (string, string)[] headers)
        {
            var response = await bucket.SendAsync("GET", "k", null, null, headers);
            Assert.Equal(
                response.Status == 412 ? null : eTag, response.Header("ETag"));
            return response.Status;
        }
    }

    [Fact]
    public async Task A_failed_condition_is_named()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await bucket.SendAsync("GET", "k", null, null, ("If-Match", "\"x\""));
        var document = response.AssertRefused(412, "PreconditionFailed").Text;
        Assert.Contains("<Condition>If-Match</Condition>", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_can_be_overridden()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await bucket.SendAsync("GET", "k", null,
        [
            ("response-content-type", "text/x"), ("response-cache-control", "no-store"),
            ("response-content-disposition", "inline"), ("response-content-encoding", "br"),
            ("response-content-language", "fr"), ("response-expires", "Thu, 01 Dec 1994 16:00:00 GMT"),
        ]);
        Assert.Equal("text/x", response.Header("Content-Type"));
        Assert.Equal("no-store", response.Header("Cache-Control"));
        Assert.Equal("inline", response.Header("Content-Disposition"));
        Assert.Equal("br", response.Header("Content-Encoding"));
        Assert.Equal("fr", response.Header("Content-Language"));
        Assert.Equal("Thu, 01 Dec 1994 16:00:00 GMT", response.Header("Expires"));
    }

    [Theory]
    [InlineData("\u20ac")]
    [InlineData("a\r\nx-evil: 1")]
    public async Task An_override_must_be_the_text_of_a_header(string value)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await bucket.SendAsync("GET", "k", null, [("response-cache-control", value)]);
        response.AssertRefused(400, "InvalidArgument");
    }

    [Fact]
    public async Task Parts_can_be_got_by_number()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPartsAsync("k", null, Part, 17);
        var second = await bucket.SendAsync("GET", "k", null, [("partNumber", "2")]);
        second.AssertOk(206);
        Assert.Equal(17, second.Body.Length);
        Assert.Equal($"bytes {Part}-{Part + 16}/{Part + 17}", second.Header("Content-Range"));
        Assert.Equal("2", second.Header("x-amz-mp-parts-count"));

        var third = await bucket.SendAsync("GET", "k", null, [("partNumber", "3")]);
        var document = third.AssertRefused(416, "InvalidPartNumber").Text;
        Assert.Contains("<ActualPartCount>2</ActualPartCount>", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_was_put_whole_is_its_first_part()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "0123456789");
        var first = await bucket.SendAsync("GET", "k", null, [("partNumber", "1")]);
        Assert.Equal("bytes 0-9/10", first.Header("Content-Range"));
        Assert.Null(first.Header("x-amz-mp-parts-count"));
        var second = await bucket.SendAsync("GET", "k", null, [("partNumber", "2")]);
        second.AssertRefused(416, "InvalidPartNumber");
        var both = await bucket.SendAsync("GET", "k", null, [("partNumber", "1")], ("Range", "bytes=0-1"));
        both.AssertRefused(400, "InvalidRequest");
        var none = await bucket.SendAsync("GET", "k", null, [("partNumber", "0")]);
        none.AssertRefused(400, "InvalidArgument");
    }

    [Fact]
    public async Task Checksums_come_when_asked_for_and_only_for_the_whole()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "123456789", put => put.ChecksumAlgorithm = ChecksumAlgorithm.CRC32);
        var whole = await bucket.SendAsync("GET", "k", null, null, ("x-amz-checksum-mode", "ENABLED"));
        Assert.Equal("y/Q5Jg==", whole.Header("x-amz-checksum-crc32"));
        Assert.Equal("FULL_OBJECT", whole.Header("x-amz-checksum-type"));
        var range = await bucket.SendAsync(
            "GET", "k", null, null, ("x-amz-checksum-mode", "ENABLED"), ("Range", "bytes=0-1"));
        Assert.Null(range.Header("x-amz-checksum-crc32"));
        var unasked = await bucket.SendAsync("GET", "k");
        Assert.Null(unasked.Header("x-amz-checksum-crc32"));
    }

    [Fact]
    public async Task A_part_of_a_composite_object_shows_its_own_checksum()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPartsAsync("k", begin =>
        {
            begin.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
            begin.ChecksumType = ChecksumType.COMPOSITE;
        }, Part, 9);
        var part = await bucket.SendAsync(
            "GET", "k", null, [("partNumber", "2")], ("x-amz-checksum-mode", "ENABLED"));
        var own = part.Header("x-amz-checksum-crc32");
        Assert.NotNull(own);
        Assert.DoesNotContain("-", own, StringComparison.Ordinal);
        Assert.Equal("COMPOSITE", part.Header("x-amz-checksum-type"));
        var whole = await bucket.SendAsync("GET", "k", null, null, ("x-amz-checksum-mode", "ENABLED"));
        Assert.EndsWith("-2", whole.Header("x-amz-checksum-crc32"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delete_marker_hides_the_object_and_cannot_be_got()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await bucket.PutAsync("k");
        var marker = await bucket.DeleteAsync("k");

        var current = await bucket.SendAsync("GET", "k");
        current.AssertRefused(404, "NoSuchKey");
        Assert.Equal("true", current.Header("x-amz-delete-marker"));
        Assert.Equal(marker.VersionId, current.Header("x-amz-version-id"));

        var named = await bucket.SendAsync("GET", "k", null, [("versionId", marker.VersionId)]);
        var document = named.AssertRefused(405, "MethodNotAllowed").Text;
        Assert.Contains("<ResourceType>DeleteMarker</ResourceType>", document, StringComparison.Ordinal);
        Assert.Equal("true", named.Header("x-amz-delete-marker"));
        Assert.Equal("DELETE", named.Header("Allow"));
        Assert.NotNull(named.Header("Last-Modified"));
    }

    [Fact]
    public async Task Versions_that_are_none_are_told_apart()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var gone = (await bucket.PutAsync("k", "gone")).VersionId;
        await bucket.DeleteAsync("k", gone);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchVersion", () => bucket.GetAsync("k", get => get.VersionId = gone));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchVersion", () => bucket.GetAsync("k", get => get.VersionId = "null"));
        var refusal = await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidArgument", () => bucket.GetAsync("k", get => get.VersionId = "made-up"));
        Assert.Equal("Invalid version id specified", refusal.Message);
        var empty = await bucket.SendAsync("GET", "k", null, [("versionId", "")]);
        var document = empty.AssertRefused(400, "InvalidArgument").Text;
        Assert.Contains("Version id cannot be the empty string", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_in_particular_may_not_read()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await bucket.SendUnsignedAsync("GET", "k");
        response.AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_reader_keeps_what_it_opened_while_the_object_is_replaced()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var content = new byte[8_000_000];
        await bucket.PutAsync("k", content);
        using var reading = await bucket.S3.GetObjectAsync(bucket.Name, "k", TestContext.Current.CancellationToken);
        await bucket.PutAsync("k", "replaced");
        using var copy = new MemoryStream();
        await reading.ResponseStream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(content, copy.ToArray());
        Assert.Equal("replaced", (await bucket.GetAsync("k")).Content);
    }
}

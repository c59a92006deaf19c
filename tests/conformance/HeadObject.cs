using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

public sealed class HeadObject(ServerFixture server)
{
    [Fact]
    public async Task The_answer_is_that_of_get_without_the_bytes()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "0123456789", put =>
        {
            put.ContentType = "text/plain";
            put.Metadata.Add("m", "v");
            put.TagSet = [new() { Key = "a", Value = "1" }];
        });
        var get = await bucket.SendAsync("GET", "k", null, null, ("x-amz-checksum-mode", "ENABLED"));
        var head = await bucket.SendAsync("HEAD", "k", null, null, ("x-amz-checksum-mode", "ENABLED"));
        head.AssertOk();
        Assert.Empty(head.Body);
        Assert.Equal(Comparable(get), Comparable(head));
    }

    [Fact]
    public async Task A_range_says_what_get_would_give()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", "0123456789");
        var head = await bucket.HeadAsync("k", head => head.Range = "bytes=2-5");
        Assert.Equal((4, "bytes 2-5/10"), (head.ContentLength, head.ContentRange));
        Assert.Equal(HttpStatusCode.PartialContent, head.HttpStatusCode);
    }

    [Fact]
    public async Task A_part_says_how_many_there_are()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutPartsAsync("k", null, 5 * 1024 * 1024, 17);
        var head = await bucket.HeadAsync("k", head => head.PartNumber = 2);
        Assert.Equal((17, 2), (head.ContentLength, head.PartsCount));
    }

    [Fact]
    public async Task Refusals_have_no_body()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        Assert.Equal(404, await StatusAsync("none"));
        Assert.Equal(412, await StatusAsync("k", ("If-Match", "\"x\"")));
        Assert.Equal(416, await StatusAsync("k", ("Range", "bytes=100-")));

        async Task<int> StatusAsync(string key, params (string, string)[] headers)
        {
            var response = await bucket.SendAsync("HEAD", key, null, null, headers);
            Assert.Empty(response.Body);
            return response.Status;
        }
    }

    [Fact]
    public async Task A_delete_marker_shows_in_the_headers()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await bucket.PutAsync("k");
        var marker = await bucket.DeleteAsync("k");
        var current = await bucket.SendAsync("HEAD", "k");
        current.AssertOk(404);
        Assert.Equal("true", current.Header("x-amz-delete-marker"));
        var named = await bucket.SendAsync("HEAD", "k", null, [("versionId", marker.VersionId)]);
        named.AssertOk(405);
        Assert.Equal("true", named.Header("x-amz-delete-marker"));
    }

    private static List<string> Comparable(RawAnswer response) =>
    [
        .. response.Headers
            .Where(header => header.Key is not ("Date" or "x-amz-request-id" or "x-amz-id-2"))
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal),
    ];
}

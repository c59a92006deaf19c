using System.Text;
using CsCheck;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Listing;

/// <summary>Pages of any size, put together, are the listing that a naive model makes from all keys.</summary>
public sealed class ListingTests
{
    private static readonly string[] Alphabet =
        ["a", "b", "/", "//", "\u0001", "\u007f", "\u00ff", "\uffff", "\ud83d\ude00"];

    private static readonly Gen<string> Texts =
        Gen.Int[0, Alphabet.Length - 1].Select(at => Alphabet[at]).Array[1, 5].Select(parts => string.Concat(parts));

    private static readonly string[] DelimiterChoices = ["", "/", "//", "b/", "\ud83d\ude00", "zz"];

    private static readonly Gen<string> Delimiters =
        Gen.Int[0, DelimiterChoices.Length - 1].Select(at => DelimiterChoices[at]);

    private static readonly Gen<string> Prefixes =
        Gen.OneOf(Gen.Const(""), Gen.Int[0, Alphabet.Length - 1].Select(at => Alphabet[at]), Texts);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Objects_list_as_the_model_does() =>
        Gen.Select(Texts.Array[0, 40], Prefixes, Delimiters, Gen.Int[1, 9], Gen.OneOf(Gen.Const(""), Texts))
            .SampleAsync(async sample =>
            {
                var (keys, prefix, delimiter, limit, after) = sample;
                await using var rig = StorageRig.InMemory();
                var bucket = await rig.BucketAsync();
                foreach (var key in keys)
                {
                    await rig.PutAsync(bucket, key, []);
                }

                var found = new List<string>();
                var listing = new ObjectListing(Bytes(prefix), Bytes(delimiter), Bytes(after), limit);
                while (true)
                {
                    var page = await rig.Objects.ListAsync(bucket, listing, Cancellation);
                    var onPage = page.Objects.Select(listed => listed.Key.ToString())
                        .Concat(page.CommonPrefixes.Select(group => Text(group) + "*"))
                        .OrderBy(name => ObjectKey.Parse(name.TrimEnd('*'))).ToList();
                    found.AddRange(onPage);
                    Assert.True(onPage.Count == limit || !page.IsTruncated);
                    if (!page.IsTruncated)
                    {
                        break;
                    }

                    Assert.Equal(onPage[^1].TrimEnd('*'), Text(page.Next));
                    listing = listing with { After = page.Next };
                }

                Assert.Equal(Model(keys, prefix, delimiter, after), found);
            }, iter: 1000, threads: 2);

    [Fact]
    public Task Versions_list_as_the_model_does() =>
        Gen.Select(
            Gen.Select(Texts, Gen.Int[0, 3]).Array[0, 30], Prefixes, Delimiters, Gen.Int[1, 5], Gen.Bool)
            .SampleAsync(async sample =>
            {
                var (writes, prefix, delimiter, limit, suspended) = sample;
                await using var rig = StorageRig.InMemory();
                var bucket = await rig.BucketAsync();
                foreach (var (at, (key, kind)) in writes.Index())
                {
                    if (at == writes.Length / 3)
                    {
                        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
                    }
                    else if (suspended && at == 2 * writes.Length / 3)
                    {
                        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Suspended);
                    }

                    await (kind == 0 ? rig.DeleteAsync(bucket, key) : (Task)rig.PutAsync(bucket, key, [1]));
                }

                var all = (await rig.VersionsAsync(bucket)).Select(row => (row.Key.ToString(), row.VersionId)).ToList();
                var found = new List<string>();
                var listing = new VersionListing(Bytes(prefix), Bytes(delimiter), default, null, limit);
                while (true)
                {
                    var page = await rig.Objects.ListVersionsAsync(bucket, listing, Cancellation);
                    var onPage = page.Versions.Select(listed => (Key: listed.Key.ToString(), Name: Name(listed)))
                        .Concat(page.CommonPrefixes.Select(group => (Key: Text(group), Name: Text(group) + "*")))
                        .OrderBy(row => ObjectKey.Parse(row.Key)).Select(row => row.Name).ToList();
                    found.AddRange(onPage);
                    Assert.True(onPage.Count == limit || !page.IsTruncated);
                    if (!page.IsTruncated)
                    {
                        break;
                    }

                    listing = listing with
                    {
                        KeyMarker = page.NextKeyMarker,
                        VersionIdMarker = page.NextVersionIdMarker,
                    };
                }

                var expected = all.Where(row => row.Item1.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(row => Group(row.Item1, prefix, delimiter) is { } group
                        ? group + "*"
                        : $"{row.Item1} {row.VersionId}").ToList();
                Assert.Equal(expected.Where((name, at) => at == 0 || name != expected[at - 1]), found);
            }, iter: 500, threads: 2);

    [Fact]
    public Task Uploads_list_as_the_model_does() =>
        Gen.Select(Texts.Array[0, 30], Prefixes, Delimiters, Gen.Int[1, 5]).SampleAsync(async sample =>
        {
            var (keys, prefix, delimiter, limit) = sample;
            await using var rig = StorageRig.InMemory();
            var bucket = await rig.BucketAsync();
            var begun = new List<UploadRecord>();
            foreach (var key in keys.Concat(keys.Take(5)))
            {
                begun.Add(await rig.BeginUploadAsync(bucket, key));
            }

            var found = new List<string>();
            var listing = new UploadListing(Bytes(prefix), Bytes(delimiter), default, "", limit);
            while (true)
            {
                var page = await rig.Uploads.ListAsync(bucket, listing, Cancellation);
                var onPage = page.Uploads.Select(upload => (Key: upload.Key.ToString(), Name: upload.UploadId))
                    .Concat(page.CommonPrefixes.Select(group => (Key: Text(group), Name: Text(group) + "*")))
                    .OrderBy(row => ObjectKey.Parse(row.Key)).Select(row => row.Name).ToList();
                found.AddRange(onPage);
                Assert.True(onPage.Count == limit || !page.IsTruncated);
                if (!page.IsTruncated)
                {
                    break;
                }

                listing = listing with { KeyMarker = page.NextKeyMarker, UploadIdMarker = page.NextUploadIdMarker };
            }

            var expected = begun.Where(upload => upload.Key.ToString().StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(upload => upload.Key).ThenBy(upload => upload.UploadId, StringComparer.Ordinal)
                .Select(upload => Group(upload.Key.ToString(), prefix, delimiter) is { } group
                    ? group + "*"
                    : upload.UploadId).ToList();
            Assert.Equal(expected.Where((name, at) => at == 0 || name != expected[at - 1]), found);
        }, iter: 300, threads: 2);

    [Fact]
    public async Task A_client_that_deletes_every_page_of_versions_misses_none()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        await rig.PutAsync(bucket, "key", [1]);
        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        for (var round = 0; round < 5; round++)
        {
            await rig.PutAsync(bucket, "key", [1]);
            await rig.DeleteAsync(bucket, "key");
        }

        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Suspended);
        await rig.PutAsync(bucket, "key", [1]);
        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        await rig.PutAsync(bucket, "key", [1]);
        var listing = new VersionListing(default, default, default, null, 2);
        while (true)
        {
            var page = await rig.Objects.ListVersionsAsync(bucket, listing, Cancellation);
            foreach (var version in page.Versions)
            {
                await rig.DeleteAsync(bucket, "key", version.VersionId);
            }

            if (!page.IsTruncated)
            {
                break;
            }

            listing = listing with { KeyMarker = page.NextKeyMarker, VersionIdMarker = page.NextVersionIdMarker };
        }

        Assert.Empty(await rig.VersionsAsync(bucket));
    }

    [Fact]
    public async Task A_page_of_no_keys_is_not_truncated()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        await rig.PutAsync(bucket, "key", []);
        var page = await rig.Objects.ListAsync(bucket, new ObjectListing(default, default, default, 0), Cancellation);
        Assert.Empty(page.Objects);
        Assert.False(page.IsTruncated);
    }

    private static IEnumerable<string> Model(string[] keys, string prefix, string delimiter, string after)
    {
        var start = ObjectKey.Parse(after);
        var isGroup = after.Length > 0 && Group(after, prefix, delimiter) == after;
        return keys.Distinct()
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(key => ObjectKey.Parse(key) > start
                && !(isGroup && key.StartsWith(after, StringComparison.Ordinal)))
            .OrderBy(ObjectKey.Parse)
            .Select(key => Group(key, prefix, delimiter) is { } group ? group + "*" : key)
            .Distinct();
    }

    private static string? Group(string key, string prefix, string delimiter)
    {
        if (delimiter.Length == 0 || !key.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var at = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }

    private static string Name(ListedVersion version) => $"{version.Key} {version.VersionId}";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}

using System.Runtime.CompilerServices;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>A version as the walk over its bucket meets it: with what the other versions of its key say of it.</summary>
/// <param name="Version">What the listing shows.</param>
/// <param name="Since">When it was written; of an older version when the one that took its place was.</param>
/// <param name="Newer">How many of the key's older versions are newer than this one; 0 for the current one.</param>
/// <param name="IsAlone">Whether it is the key's only version.</param>
/// <param name="EndsKey">Whether no further version of the key follows.</param>
internal readonly record struct WalkedVersion(
    ListedVersion Version, DateTimeOffset Since, int Newer, bool IsAlone, bool EndsKey);

/// <summary>
/// All versions of a bucket, by key and the newest of a key first, a page of them in memory. A version is given out once
/// the one behind it is known: only then it is known whether it is the key's last.
/// </summary>
internal static class VersionWalk
{
    private const int PageVersions = 1000;

    /// <summary>Walks a bucket.</summary>
    /// <param name="objects">Where it is.</param>
    /// <param name="bucket">Which; where it never had versioning only current objects are looked for.</param>
    /// <param name="prefix">What keys begin with; empty for all.</param>
    /// <param name="after">The key after which to begin; empty for the first.</param>
    /// <param name="cancellation">Ends the walk.</param>
    public static async IAsyncEnumerable<WalkedVersion> WalkAsync(
        ObjectStore objects,
        BucketRecord bucket,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var history = new KeyHistory();
        await foreach (var version in ListAsync(objects, bucket, prefix, after, cancellation))
        {
            if (history.Push(version) is { } walked)
            {
                yield return walked;
            }
        }

        if (history.End() is { } last)
        {
            yield return last;
        }
    }

    private static IAsyncEnumerable<ListedVersion> ListAsync(
        ObjectStore objects,
        BucketRecord bucket,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        CancellationToken cancellation) => bucket.Versioning == VersioningState.Unversioned
        ? ListObjectsAsync(objects, bucket, prefix, after, cancellation)
        : ListVersionsAsync(objects, bucket, prefix, after, cancellation);

    private static async IAsyncEnumerable<ListedVersion> ListObjectsAsync(
        ObjectStore objects,
        BucketRecord bucket,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var page = await objects.ListAsync(bucket, new(prefix, default, after, PageVersions), cancellation);
            foreach (var version in page.Objects)
            {
                yield return version;
            }

            if (!page.IsTruncated)
            {
                yield break;
            }

            after = page.Next;
        }
    }

    private static async IAsyncEnumerable<ListedVersion> ListVersionsAsync(
        ObjectStore objects,
        BucketRecord bucket,
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        VersionId? afterVersion = null;
        while (true)
        {
            var page = await objects.ListVersionsAsync(
                bucket, new(prefix, default, after, afterVersion, PageVersions), cancellation);
            foreach (var version in page.Versions)
            {
                yield return version;
            }

            if (!page.IsTruncated)
            {
                yield break;
            }

            (after, afterVersion) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
    }
}

/// <summary>Folds versions in listing order into what each is among those of its key. Pure.</summary>
internal sealed class KeyHistory
{
    private ListedVersion? _held;
    private DateTimeOffset _since;
    private int _newer;
    private bool _isFirst;

    /// <summary>Takes the next version.</summary>
    /// <returns>The one before it, of which all is known now; null for the first.</returns>
    public WalkedVersion? Push(ListedVersion version)
    {
        if (_held is not { } held || held.Key != version.Key)
        {
            var ended = End();
            (_held, _since, _newer, _isFirst) = (version, SinceOf(version, successor: null), 0, true);
            return ended;
        }

        if (version.Sequence >= held.Sequence)
        {
            // A page that begins anew with a key, because its marker is gone, repeats what was walked before.
            return null;
        }

        var walked = new WalkedVersion(held, _since, _newer, IsAlone: false, EndsKey: false);
        var heldIsOlder = !held.IsLatest;
        (_held, _since, _newer, _isFirst) =
            (version, SinceOf(version, held), heldIsOlder ? _newer + 1 : _newer, false);
        return walked;
    }

    /// <summary>The last version, once no other follows; null where there was none.</summary>
    public WalkedVersion? End()
    {
        WalkedVersion? ended = _held is { } held
            ? new(held, _since, _newer, IsAlone: _isFirst && held.IsLatest, EndsKey: true)
            : null;
        _held = null;
        return ended;
    }

    /// <summary>
    /// A sequence is the time of the write, whatever a rename says of the last modification. Versions that became older
    /// ones before their successors were noted count from the one in front of them. One in front of which none was met,
    /// because a commit went between two scans, is as young as can be, and the next walk sees more.
    /// </summary>
    private static DateTimeOffset SinceOf(ListedVersion version, ListedVersion? successor) =>
        version.IsLatest ? version.LastModified
        : version.Successor != 0 ? new((long)version.Successor, TimeSpan.Zero)
        : successor is null ? DateTimeOffset.MaxValue
        : new((long)successor.Sequence, TimeSpan.Zero);
}

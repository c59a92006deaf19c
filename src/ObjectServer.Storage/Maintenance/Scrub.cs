using System.Buffers;
using System.Globalization;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Maintenance;

/// <summary>
/// Reads every block of every blob that a record counts, in the order of their ids, and compares lengths and checksums.
/// It runs beside everything else and may be slowed down; a later one can go on where it stopped.
/// </summary>
/// <param name="metadata">What counts the blobs.</param>
/// <param name="blobs">Where they lie.</param>
/// <param name="directoryOf">The directory of a place, for who is told of damage.</param>
/// <param name="time">For the pace.</param>
internal sealed class Scrub(
    IMetadataStore metadata, BlobPlaces blobs, Func<byte, string> directoryOf, TimeProvider time)
{
    /// <summary>So many damaged blobs are kept in a result.</summary>
    public const int MaxFindings = 1000;

    private const int PageKeys = 256;
    private const int BufferBytes = 1 << 20;

    /// <summary>Verifies the blobs after a position.</summary>
    /// <param name="after">Where an earlier scrub stopped; null from the start.</param>
    /// <param name="bytesPerSecond">How much may be read; null for no limit.</param>
    /// <param name="progress">Told after each blob.</param>
    /// <param name="found">Told of each damaged one.</param>
    /// <param name="cancellation">Ends the scrub between blocks.</param>
    public async Task<(long Blobs, long Bytes)> RunAsync(
        string? after,
        long? bytesPerSecond,
        IProgress<ScrubProgress>? progress,
        Action<DamagedBlob> found,
        CancellationToken cancellation)
    {
        var range = MetadataRange.WithPrefix(MetadataKeys.Space(MetadataKeys.ContentSpace));
        if (after is not null && Guid.TryParseExact(after, "N", out var position))
        {
            range = range with { Start = (byte[])[.. MetadataKeys.Content(position), 0] };
        }

        var (count, bytes) = (0L, 0L);
        var started = time.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                var page = await metadata.ScanAsync(range, PageKeys, cancellation);
                foreach (var reading in page)
                {
                    var kept = KeptContent.Decode(reading);
                    if (kept.Kind != ContentKind.Blob)
                    {
                        continue;
                    }

                    var id = new BlobId(MetadataKeys.Id(reading.Key.Span), kept.Place);
                    if (await VerifyAsync(id, kept.Length, reading, buffer, cancellation) is { } damage)
                    {
                        found(new DamagedBlob(id.ToString(), damage, directoryOf(id.Place)));
                    }

                    count++;
                    bytes += kept.Length;
                    progress?.Report(new ScrubProgress(id.ToString(), count, bytes));
                    await SlowDownAsync(started, bytes, bytesPerSecond, cancellation);
                }

                if (page.Count < PageKeys)
                {
                    return (count, bytes);
                }

                range = range with { Start = (byte[])[.. page[^1].Key.Span, 0] };
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What is wrong; null: it is sound, or its record went meanwhile.</summary>
    private async ValueTask<string?> VerifyAsync(
        BlobId id, long length, MetadataReading counted, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            await using var reader = (FileBlobReader?)await blobs.OpenAsync(id, cancellation);
            if (reader is null)
            {
                return (await metadata.ReadAsync(counted.Key, cancellation)).Exists
                    ? "The file is missing."
                    : null;
            }

            if (reader.Length != length)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file holds {reader.Length} bytes, its record says {length}.");
            }

            await reader.VerifyAsync(buffer.AsMemory(0, BufferBytes), cancellation);
            return null;
        }
        catch (IOException damage)
        {
            return damage.Message;
        }
    }

    private async ValueTask SlowDownAsync(
        long started, long bytes, long? bytesPerSecond, CancellationToken cancellation)
    {
        if (bytesPerSecond is { } limit)
        {
            var ahead = TimeSpan.FromSeconds((double)bytes / limit) - time.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead, time, cancellation);
            }
        }
    }
}

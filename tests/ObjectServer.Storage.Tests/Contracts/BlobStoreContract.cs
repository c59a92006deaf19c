using ObjectServer.Storage.Blobs;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>What everything above the blob seam relies on. Every implementation inherits it.</summary>
public abstract class BlobStoreContract
{
    /// <summary>Around a block, several blocks, and a writer's buffer.</summary>
    public static TheoryData<int> Lengths =>
        [0, 1, 100, 65_535, 65_536, 65_537, 200_000, 1_048_576, 1_048_577, 2_500_000, 8_388_608, 9_000_001];

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract IBlobStore Open();

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task What_was_sealed_is_read_back(int length)
    {
        await using var store = Open();
        foreach (long? expected in (long?[])[null, length, length + 1000L])
        {
            var bytes = Bytes(length);
            var id = await SealAsync(store, bytes, expected, pieceBytes: 10_007);
            Assert.Equal(bytes, await ReadAsync(store, id));
        }
    }

    [Fact]
    public async Task Any_range_is_what_the_whole_holds_there()
    {
        await using var store = Open();
        var bytes = Bytes(300_000);
        var id = await SealAsync(store, bytes, bytes.Length, pieceBytes: 65_536);
        await using var reader = (await store.OpenAsync(id, Cancellation))!;
        foreach (var offset in (int[])[0, 1, 65_535, 65_536, 65_537, 131_072, 262_144, 262_145, 299_999])
        {
            foreach (var count in (int[])[1, 2, 65_535, 65_536, 65_537, 131_072, 140_000, 300_000])
            {
                var buffer = new byte[count];
                var read = await reader.ReadAsync(offset, buffer, Cancellation);
                Assert.Equal(Math.Min(count, bytes.Length - offset), read);
                Assert.Equal(bytes.AsSpan(offset, read), buffer.AsSpan(0, read));
            }
        }
    }

    [Fact]
    public async Task Beyond_the_end_there_is_nothing()
    {
        await using var store = Open();
        var id = await SealAsync(store, Bytes(10), null, 10);
        await using var reader = (await store.OpenAsync(id, Cancellation))!;
        Assert.Equal(10, reader.Length);
        Assert.Equal(0, await reader.ReadAsync(10, new byte[5], Cancellation));
        Assert.Equal(0, await reader.ReadAsync(1_000_000, new byte[5], Cancellation));
        Assert.Equal(0, await reader.ReadAsync(0, Memory<byte>.Empty, Cancellation));
    }

    [Fact]
    public async Task A_blob_exists_only_once_it_is_sealed()
    {
        await using var store = Open();
        await using var writer = await store.CreateAsync(null, Cancellation);
        await writer.WriteAsync(Bytes(100_000), Cancellation);
        Assert.Equal(100_000, writer.Length);
        Assert.Null(await store.OpenAsync(writer.Id, Cancellation));
        Assert.Empty(await ListAsync(store));
        await writer.SealAsync(Cancellation);
        Assert.Equal(writer.Id, Assert.Single(await ListAsync(store)).Id);
    }

    [Fact]
    public async Task An_unsealed_blob_that_is_disposed_leaves_nothing()
    {
        await using var store = Open();
        BlobId id;
        await using (var writer = await store.CreateAsync(5_000_000, Cancellation))
        {
            id = writer.Id;
            await writer.WriteAsync(Bytes(2_000_000), Cancellation);
        }

        Assert.Null(await store.OpenAsync(id, Cancellation));
        Assert.Empty(await ListAsync(store));
    }

    [Fact]
    public async Task Memory_may_be_reused_once_a_write_completes()
    {
        await using var store = Open();
        var expected = new MemoryStream();
        var piece = new byte[100_000];
        await using var writer = await store.CreateAsync(null, Cancellation);
        for (byte round = 0; round < 40; round++)
        {
            Array.Fill(piece, round);
            expected.Write(piece);
            await writer.WriteAsync(piece, Cancellation);
        }

        Array.Clear(piece);
        await writer.SealAsync(Cancellation);
        Assert.Equal(expected.ToArray(), await ReadAsync(store, writer.Id));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_but_stays_readable_where_it_is_open()
    {
        await using var store = Open();
        var bytes = Bytes(150_000);
        var id = await SealAsync(store, bytes, null, 150_000);
        await using var reader = (await store.OpenAsync(id, Cancellation))!;
        await store.DeleteAsync(id, Cancellation);
        await store.DeleteAsync(id, Cancellation);
        Assert.Null(await store.OpenAsync(id, Cancellation));
        var buffer = new byte[bytes.Length];
        Assert.Equal(bytes.Length, await reader.ReadAsync(0, buffer, Cancellation));
        Assert.Equal(bytes, buffer);
    }

    [Fact]
    public async Task The_listing_names_every_blob_with_its_length()
    {
        await using var store = Open();
        var sealedLengths = new Dictionary<BlobId, long>();
        foreach (var length in (int[])[0, 1, 65_536, 65_537, 524_288, 600_001])
        {
            sealedLengths.Add(await SealAsync(store, Bytes(length), null, 30_000), length);
        }

        Assert.Equal(sealedLengths, (await ListAsync(store)).ToDictionary(found => found.Id, found => found.Length));
    }

    [Fact]
    public async Task An_unknown_blob_is_not_found()
    {
        await using var store = Open();
        Assert.Null(await store.OpenAsync(new BlobId(Guid.NewGuid()), Cancellation));
        await store.DeleteAsync(new BlobId(Guid.NewGuid()), Cancellation);
    }

    private protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private protected static async Task<BlobId> SealAsync(
        IBlobStore store, ReadOnlyMemory<byte> bytes, long? expectedLength, int pieceBytes)
    {
        await using var writer = await store.CreateAsync(expectedLength, Cancellation);
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(pieceBytes, bytes.Length)];
            await writer.WriteAsync(piece, Cancellation);
            bytes = bytes[piece.Length..];
        }

        await writer.SealAsync(Cancellation);
        return writer.Id;
    }

    private protected static async Task<byte[]> ReadAsync(IBlobStore store, BlobId id)
    {
        await using var reader = await store.OpenAsync(id, Cancellation);
        Assert.NotNull(reader);
        var bytes = new byte[reader.Length];
        Assert.Equal(bytes.Length, await reader.ReadAsync(0, bytes, Cancellation));
        return bytes;
    }

    private protected static async Task<List<BlobListing>> ListAsync(IBlobStore store)
    {
        var found = new List<BlobListing>();
        await foreach (var blob in store.ListAsync(Cancellation))
        {
            found.Add(blob);
        }

        return found;
    }
}

using System.Globalization;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Contracts;

namespace ObjectServer.Storage.Tests.Blobs;

public sealed class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("blobs");

    public void Dispose() => _root.Delete(recursive: true);

    private protected override IBlobStore Open() => new FileBlobStore(_root.FullName, 0, TimeProvider.System);

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(300)]
    public async Task Every_flipped_bit_of_a_short_blob_is_found(int length)
    {
        await using var store = Open();
        var id = await SealAsync(store, Bytes(length), null, 300);
        var path = FileOf(id);
        var sound = await File.ReadAllBytesAsync(path, Cancellation);
        for (var bit = 0; bit < sound.Length * 8; bit++)
        {
            var damaged = sound.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(path, damaged, Cancellation);
            await Assert.ThrowsAsync<CorruptDataException>(() => VerifyAsync(store, id));
        }
    }

    [Fact]
    public void The_bytes_that_verify_a_blob_never_change()
    {
        var id = new BlobId(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        var footer = new byte[BlobFormat.FooterBytes];
        BlobFormat.WriteFooter(footer, id, 65_537, 0x0102030405060708);
        Assert.Equal(
            "4F53424C4F420D0A" + "01000000" + "00000100" + "00112233445566778899AABBCCDDEEFF"
            + "0100010000000000" + "0200000000000000" + "0807060504030201",
            Convert.ToHexString(footer.AsSpan(0, 56)));
        Assert.Equal("EBC40F2D74ACC8D0", Convert.ToHexString(footer.AsSpan(56)));
        var checksum = BlobFormat.Checksum(id, 1, "block"u8);
        Assert.Equal("5B18C7FCF502FDAF", checksum.ToString("X16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_damaged_block_is_never_given_out_and_the_others_are()
    {
        await using var store = Open();
        var bytes = Bytes(5 * BlobFormat.BlockBytes);
        var id = await SealAsync(store, bytes, bytes.Length, bytes.Length);
        using (var file = File.OpenHandle(FileOf(id), FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(file, [(byte)~bytes[200_000]], 200_000);
        }

        await using var reader = (await store.OpenAsync(id, Cancellation))!;
        var buffer = new byte[bytes.Length];
        var damage = await Assert.ThrowsAsync<CorruptDataException>(
            async () => await reader.ReadAsync(0, buffer, Cancellation));
        Assert.Contains($"Block 3 of blob {id}", damage.Message, StringComparison.Ordinal);
        Assert.False(buffer.AsSpan(3 * BlobFormat.BlockBytes, BlobFormat.BlockBytes).ContainsAnyExcept((byte)0));
        await Assert.ThrowsAsync<CorruptDataException>(
            async () => await reader.ReadAsync(200_500, new byte[10], Cancellation));

        Assert.Equal(BlobFormat.BlockBytes, await reader.ReadAsync(
            4 * BlobFormat.BlockBytes, buffer.AsMemory(0, BlobFormat.BlockBytes), Cancellation));
        Assert.Equal(bytes.AsSpan(4 * BlobFormat.BlockBytes), buffer.AsSpan(0, BlobFormat.BlockBytes));
    }

    [Fact]
    public async Task A_blob_in_another_blobs_place_is_found()
    {
        await using var store = Open();
        var bytes = Bytes(100);
        var one = await SealAsync(store, bytes, null, 100);
        var other = await SealAsync(store, bytes, null, 100);
        File.Copy(FileOf(one), FileOf(other), overwrite: true);
        await Assert.ThrowsAsync<CorruptDataException>(() => VerifyAsync(store, other));
    }

    [Fact]
    public async Task A_blob_cut_at_any_length_is_found()
    {
        await using var store = Open();
        var id = await SealAsync(store, Bytes(200), null, 200);
        var sound = await File.ReadAllBytesAsync(FileOf(id), Cancellation);
        for (var length = 0; length < sound.Length; length++)
        {
            await File.WriteAllBytesAsync(FileOf(id), sound[..length], Cancellation);
            await Assert.ThrowsAsync<CorruptDataException>(() => VerifyAsync(store, id));
        }
    }

    [Fact]
    public async Task A_table_longer_than_one_page_is_read_where_it_is_needed()
    {
        await using var store = Open();
        var piece = Bytes(BlobFormat.BlockBytes);
        await using var writer = await store.CreateAsync(null, Cancellation);
        const int blocks = 4100;
        for (var block = 0; block < blocks; block++)
        {
            piece[0] = (byte)block;
            await writer.WriteAsync(piece, Cancellation);
        }

        await writer.SealAsync(Cancellation);
        await using var reader = (await store.OpenAsync(writer.Id, Cancellation))!;
        var buffer = new byte[3];
        foreach (var block in (int[])[4099, 0, 4096, 4095])
        {
            Assert.Equal(3, await reader.ReadAsync((long)block * BlobFormat.BlockBytes, buffer, Cancellation));
            Assert.Equal((byte)block, buffer[0]);
        }

        await ((FileBlobReader)reader).VerifyAsync(new byte[1 << 20], Cancellation);
    }

    [Fact]
    public async Task What_was_never_sealed_is_removed_when_the_store_opens()
    {
        await using (var store = Open())
        {
            var abandoned = await store.CreateAsync(null, Cancellation);
            await abandoned.WriteAsync(Bytes(10), Cancellation);
            Assert.Single(_root.GetFiles("*", SearchOption.AllDirectories));
        }

        await using var again = Open();
        Assert.Empty(_root.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task No_blob_is_begun_on_a_disk_that_is_nearly_full()
    {
        var free = 1000L;
        await using var store = new FileBlobStore(
            _root.FullName, reserveBytes: 600, TimeProvider.System, () => new DiskSpace(10_000, free));
        await SealAsync(store, Bytes(100), 100, 100);
        var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.CreateAsync(500, Cancellation));
        Assert.Equal(UnavailableReason.DiskNearlyFull, refusal.Reason);
        free = 599;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CreateAsync(null, Cancellation));
    }

    private string FileOf(BlobId id) => Path.Combine(_root.FullName, id.ToString()[^2..], id.ToString());

    private static async Task VerifyAsync(IBlobStore store, BlobId id)
    {
        await using var reader = (FileBlobReader?)await store.OpenAsync(id, Cancellation);
        await reader!.VerifyAsync(new byte[BlobFormat.BlockBytes], Cancellation);
    }
}

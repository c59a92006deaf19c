using CsCheck;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Tests.Crash;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Index;

public sealed class PageFileTests : IDisposable
{
    private const int Pages = 3;
    private const int SlotBytes = PageFile.PageBytes + 8;

    private readonly TemporaryDirectory _temporary = new();

    private string Path => _temporary["index.db"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_flipped_bit_anywhere_is_found_and_the_other_pages_are_read()
    {
        Fill();
        var bytes = File.ReadAllBytes(Path);
        Assert.Equal(Pages * SlotBytes, bytes.Length);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[0, 7]).Sample(
            (at, bit) =>
            {
                var damaged = bytes.ToArray();
                damaged[at] ^= (byte)(1 << bit);
                File.WriteAllBytes(Path, damaged);
                using var file = PageFile.OpenData(SystemDisk.Instance, Path);
                for (var page = 0; page < Pages; page++)
                {
                    if (page == at / SlotBytes)
                    {
                        var refused = Assert.Throws<InvalidDataException>(() => Read(file, page));
                        Assert.Equal($"Page {page} of index.db fails its checksum.", refused.Message);
                        Assert.Equal(refused.Message, file.FindDamage(page));
                    }
                    else
                    {
                        Assert.Equal(PageOf(page), Read(file, page));
                        Assert.Null(file.FindDamage(page));
                    }
                }
            },
            iter: Proof.Times(200),
            threads: 1);
    }

    [Fact]
    public void A_page_of_another_place_or_of_the_log_is_not_taken()
    {
        Fill();
        var bytes = File.ReadAllBytes(Path);
        var swapped = (byte[])[.. bytes[SlotBytes..(2 * SlotBytes)], .. bytes[..SlotBytes], .. bytes[(2 * SlotBytes)..]];
        File.WriteAllBytes(Path, swapped);
        using (var file = PageFile.OpenData(SystemDisk.Instance, Path))
        {
            Assert.Throws<InvalidDataException>(() => Read(file, 0));
            Assert.Throws<InvalidDataException>(() => Read(file, 1));
            Assert.Equal(PageOf(2), Read(file, 2));
        }

        using var log = PageFile.OpenLog(SystemDisk.Instance, Path);
        Assert.Throws<InvalidDataException>(() => Read(log, 2));
    }

    [Fact]
    public void What_a_kill_left_of_a_page_is_not_there_and_what_is_missing_is_refused()
    {
        Fill();
        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^1]);
        using var file = PageFile.OpenData(SystemDisk.Instance, Path);

        Assert.Equal((Pages - 1) * PageFile.PageBytes, file.Length);
        Assert.Equal("Page 2 of index.db is missing.", Assert.Throws<InvalidDataException>(() => Read(file, 2)).Message);
    }

    [Fact]
    public void A_gap_before_a_page_is_filled_with_blank_ones()
    {
        using var file = PageFile.OpenData(SystemDisk.Instance, Path);
        Write(file, 2);

        Assert.Equal(new byte[PageFile.PageBytes], Read(file, 1));
        Assert.Equal(PageOf(2), Read(file, 2));
        file.SetLength(PageFile.PageBytes);
        Assert.Equal(SlotBytes, new FileInfo(Path).Length);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(5)]
    public void A_page_of_the_log_that_cannot_be_written_is_read_back_all_the_same_and_told(int error)
    {
        var disk = new FaultyDisk("write", 2, error);
        disk.Arm();
        using var log = PageFile.OpenLog(disk, Path);
        for (var page = 0; page < Pages; page++)
        {
            Write(log, page);
        }

        Assert.NotNull(log.Failure);
        for (var page = 0; page < Pages; page++)
        {
            Assert.Equal(PageOf(page), Read(log, page));
        }
    }

    private static byte[] PageOf(int page)
    {
        var bytes = new byte[PageFile.PageBytes];
        new Random(page).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Read(PageFile file, int page)
    {
        var bytes = new byte[PageFile.PageBytes];
        file.Position = page * PageFile.PageBytes;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Write(PageFile file, int page)
    {
        file.Position = page * PageFile.PageBytes;
        file.Write(PageOf(page), 0, PageFile.PageBytes);
    }

    private void Fill()
    {
        using var file = PageFile.OpenData(SystemDisk.Instance, Path);
        for (var page = 0; page < Pages; page++)
        {
            Write(file, page);
        }
    }
}

using ObjectServer.Hosting;

namespace ObjectServer.Tests.Hosting;

public sealed class ByteCountTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("65536", 65536L)]
    [InlineData("64KiB", 65536L)]
    [InlineData("1 gib", 1L << 30)]
    [InlineData("10GB", 10_000_000_000L)]
    [InlineData("5B", 5L)]
    public void Counts_are_read(string text, long bytes) => Assert.Equal(bytes, ByteCount.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1")]
    [InlineData("1.5GiB")]
    [InlineData("9223372036854775807KiB")]
    public void What_is_no_count_is_refused(string text) => Assert.Null(ByteCount.Parse(text));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(5L << 40, "5 TiB")]
    public void Counts_are_written_for_people(long bytes, string text) => Assert.Equal(text, ByteCount.Format(bytes));
}

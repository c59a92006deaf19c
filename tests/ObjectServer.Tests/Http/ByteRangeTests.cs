using System.Globalization;
using CsCheck;
using ObjectServer.Http;

namespace ObjectServer.Tests.Http;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=2-5", 2, 4)]
    [InlineData("bytes=2-", 2, 8)]
    [InlineData("bytes=5-99", 5, 5)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-99", 0, 10)]
    [InlineData("BYTES= 2-5 ", 2, 4)]
    [InlineData("bytes=2-99999999999999999999999", 2, 8)]
    public void A_range_of_ten_bytes(string header, long offset, long length)
    {
        Assert.Equal(RangeOutcome.Partial, ByteRange.Resolve(header, 10, out var range));
        Assert.Equal(new(offset, length), range);
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999999-")]
    public void A_range_of_none_of_ten_bytes(string header) =>
        Assert.Equal(RangeOutcome.Unsatisfiable, ByteRange.Resolve(header, 10, out _));

    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=-1")]
    [InlineData("bytes=0-0")]
    public void Nothing_of_an_empty_object_can_be_had(string header) =>
        Assert.Equal(RangeOutcome.Unsatisfiable, ByteRange.Resolve(header, 0, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-b")]
    [InlineData("bytes=a-1")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes= 1 - 2")]
    [InlineData("bytes=--1")]
    [InlineData("octets=1-2")]
    public void What_is_no_single_range_gives_the_whole(string? header)
    {
        Assert.Equal(RangeOutcome.Whole, ByteRange.Resolve(header, 10, out var range));
        Assert.Equal(new(0, 10), range);
    }

    [Fact]
    public void A_range_is_what_a_slice_is() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 40], Gen.Int[0, 40]).Sample((size, first, last) =>
        {
            var content = Enumerable.Range(0, size).ToArray();
            var expected = content.Skip(first).Take(last - first + 1).ToArray();
            var header = string.Create(CultureInfo.InvariantCulture, $"bytes={first}-{last}");
            return ByteRange.Resolve(header, size, out var range) switch
            {
                RangeOutcome.Partial => content.AsSpan((int)range.Offset, (int)range.Length).SequenceEqual(expected),
                RangeOutcome.Unsatisfiable => first <= last && expected.Length == 0,
                _ => first > last,
            };
        });

    [Fact]
    public void Content_range_counts_from_the_first_to_the_last() =>
        Assert.Equal("bytes 2-5/10", new ByteRange(2, 4).Describe(10));
}

using System.Buffers;
using System.Text;
using CsCheck;
using ObjectServer.Authentication;
using ObjectServer.Body;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Body;

public sealed class ChunkedDecoderTests
{
    private const string Crc32 = "x-amz-checksum-crc32";
    private const string TrailerValue = "y/Q5Jg==";

    private static readonly byte[] Content = Bytes(20_000);

    public static TheoryData<string> Tokens =>
    [
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    ];

    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html</summary>
    [Fact]
    public void The_documented_chunked_upload_is_accepted()
    {
        var wire = Text(
                "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n")
            .Concat(A(65536))
            .Concat(Text(
                "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"))
            .Concat(A(1024))
            .Concat(Text(
                "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"))
            .ToArray();

        using var decoder = new ChunkedDecoder(66560, ChunkedWire.Signed, null, ChunkedWire.SignerFor());

        Assert.Equal(66824, wire.Length);
        Assert.Equal(A(66560), Decode(decoder, [wire]));
    }

    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html</summary>
    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n\r\n")]
    public void The_documented_trailer_is_accepted(string lineEnd)
    {
        var wire = Text(
                "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n")
            .Concat(A(65536))
            .Concat(Text(
                "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n"))
            .Concat(A(1024))
            .Concat(Text(
                "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"))
            .Concat(Text(
                "x-amz-checksum-crc32c:sOO8/Q==" + lineEnd))
            .Concat(Text(
                "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"))
            .ToArray();
        var seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

        using var decoder = new ChunkedDecoder(
            66560, ChunkedWire.SignedTrailer, "x-amz-checksum-crc32c", ChunkedWire.SignerFor(seed));

        Assert.Equal(A(66560), Decode(decoder, [wire]));
        Assert.Equal("sOO8/Q==", decoder.TrailerValue);
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Any_chunks_in_any_slices_give_the_content(string token)
    {
        var mode = PayloadMode.Parse(token);
        var slices = Gen.OneOf(Gen.Int[1, 20], Gen.Int[500, 9000]);
        Gen.Select(Gen.Int[0, 30_000], Gen.Int[8192, 12_000], slices).Sample((length, chunkSize, sliceSize) =>
        {
            var content = Bytes(length);
            var wire = ChunkedWire.Whole(mode, content, chunkSize, Crc32, TrailerValue);
            using var decoder = DecoderFor(mode, length);

            Assert.Equal(content, Decode(decoder, wire.Chunk(sliceSize)));
            Assert.Equal(mode.HasTrailer ? TrailerValue : null, decoder.TrailerValue);
        }, iter: 50);
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Bytes_one_by_one_give_the_content(string token)
    {
        var mode = PayloadMode.Parse(token);
        using var decoder = DecoderFor(mode, Content.Length);

        Assert.Equal(
            Content, Decode(decoder, ChunkedWire.Whole(mode, Content, 9000, Crc32, TrailerValue).Chunk(1)));
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_body_cut_off_anywhere_is_never_accepted(string token)
    {
        var mode = PayloadMode.Parse(token);
        var wire = ChunkedWire.Whole(mode, Content[..40], 40, Crc32, TrailerValue);
        for (var length = 0; length < wire.Length; length++)
        {
            using var decoder = DecoderFor(mode, 40);
            var refusal = Assert.Throws<S3Exception>(() => Decode(decoder, [wire[..length]]));
            Assert.Equal("IncompleteBody", refusal.Error.Code);
        }
    }

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")]
    public void A_signed_body_with_any_byte_changed_is_never_accepted(string token)
    {
        var mode = PayloadMode.Parse(token);
        var wire = ChunkedWire.Whole(mode, Content[..40], 40, Crc32, TrailerValue);
        for (var i = 0; i < wire.Length; i++)
        {
            var changed = wire.ToArray();
            changed[i] ^= 0x01;
            using var decoder = DecoderFor(mode, 40);
            Assert.Throws<S3Exception>(() => Decode(decoder, [changed]));
        }
    }

    [Fact]
    public void A_chunk_with_a_wrong_signature_is_refused()
    {
        var wire = ChunkedWire.Whole(ChunkedWire.Signed, Content, 10_000, "", "");
        wire[10_500] ^= 1;

        Assert.Equal("SignatureDoesNotMatch", Refusal(ChunkedWire.Signed, Content.Length, wire).Code);
    }

    [Fact]
    public void Chunks_in_another_order_are_refused()
    {
        var wire = new ChunkedWire(ChunkedWire.Signed)
            .Chunk(Bytes(9000)).Chunk(A(9000)).Chunk([]).Text("\r\n").ToArray();
        var swapped = Swap(wire, chunkBytes: "2328;chunk-signature=".Length + 64 + 2 + 9000 + 2);

        Assert.Equal("SignatureDoesNotMatch", Refusal(ChunkedWire.Signed, 18_000, swapped).Code);
    }

    [Fact]
    public void A_trailer_with_a_wrong_signature_is_refused()
    {
        var wire = Encoding.ASCII.GetString(
            ChunkedWire.Whole(ChunkedWire.SignedTrailer, [], 1, Crc32, TrailerValue));
        var changed = wire.Replace(TrailerValue, "AAAAAA==", StringComparison.Ordinal);

        Assert.Equal("SignatureDoesNotMatch", Refusal(ChunkedWire.SignedTrailer, 0, Text(changed)).Code);
    }

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    public void Only_the_last_chunk_may_be_short(string token)
    {
        var mode = PayloadMode.Parse(token);
        var wire = new ChunkedWire(mode).Chunk(A(8191)).Chunk(A(9000)).Chunk([]).Text("\r\n").ToArray();

        var refusal = Refusal(mode, 17_191, wire);

        Assert.Equal((403, "InvalidChunkSizeError"), (refusal.StatusCode, refusal.Code));
        Assert.Equal(
            [new("Chunk", "2"), new("BadChunkSize", "8191")], refusal.Details);
    }

    [Theory]
    [InlineData(39)]
    [InlineData(41)]
    public void Content_of_another_length_than_announced_is_refused(int announced)
    {
        var wire = ChunkedWire.Whole(ChunkedWire.Signed, Content[..40], 40, "", "");

        var refusal = Refusal(ChunkedWire.Signed, announced, wire);

        Assert.Equal("IncompleteBody", refusal.Code);
        Assert.Equal(new("NumberBytesExpected", $"{announced}"), refusal.Details[0]);
        Assert.Equal(new("NumberBytesProvided", "40"), refusal.Details[1]);
    }

    [Theory]
    [InlineData("g\r\n")]
    [InlineData("\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+1\r\n")]
    [InlineData("0x1\r\n")]
    [InlineData("1 \r\n")]
    [InlineData("1\n")]
    [InlineData("ffffffffffffffff\r\n")]
    [InlineData("1;chunk-signature=00\r\n")]
    [InlineData("1\r\nabc")]
    [InlineData("1\r\na\n\n")]
    public void A_malformed_chunk_is_refused(string start) =>
        Assert.Equal("IncompleteBody", Refusal(ChunkedWire.UnsignedTrailer, 1, Text(start)).Code);

    [Theory]
    [InlineData("0\r\n")]
    [InlineData("0;chunk-signature=\r\n")]
    [InlineData("0;chunk-signature=abcd\r\n")]
    [InlineData("0;chunk-signatures=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n")]
    public void A_signed_chunk_without_a_whole_signature_is_refused(string start) =>
        Assert.Equal("IncompleteBody", Refusal(ChunkedWire.Signed, 0, Text(start)).Code);

    [Fact]
    public void An_endless_chunk_header_is_refused_before_it_ends() =>
        Assert.Equal("IncompleteBody", Refusal(ChunkedWire.UnsignedTrailer, 1, A(2000)).Code);

    [Theory]
    [InlineData("x-amz-checksum-sha256:y/Q5Jg==\r\n\r\n")]
    [InlineData("x-amz-checksum-crc32:y/Q5Jg==\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n")]
    [InlineData("x-amz-checksum-crc32:y/Q5Jg==\r\nx-amz-trailer-signature:00\r\n\r\n")]
    [InlineData("x-amz-checksum-crc32\r\n\r\n")]
    [InlineData(":y/Q5Jg==\r\n\r\n")]
    [InlineData("x-amz-checksum-crc32:\u00e9\r\n\r\n")]
    [InlineData("\r\n")]
    public void A_trailer_that_is_not_the_announced_one_is_refused(string trailer) =>
        Assert.Equal("MalformedTrailerError", Refusal(ChunkedWire.UnsignedTrailer, 0, Text("0\r\n" + trailer)).Code);

    [Fact]
    public void An_endless_trailer_is_refused_before_it_ends() =>
        Assert.Equal(
            "MalformedTrailerError",
            Refusal(ChunkedWire.UnsignedTrailer, 0, [.. Text("0\r\nx-amz-checksum-crc32:"), .. A(2000)]).Code);

    [Fact]
    public void A_trailer_without_its_signature_is_refused()
    {
        var wire = new ChunkedWire(ChunkedWire.SignedTrailer).Chunk([]).Text($"{Crc32}:{TrailerValue}\r\n\r\n");

        Assert.Equal("MalformedTrailerError", Refusal(ChunkedWire.SignedTrailer, 0, wire.ToArray()).Code);
    }

    [Fact]
    public void A_trailer_behind_the_signature_is_refused()
    {
        var wire = new ChunkedWire(ChunkedWire.SignedTrailer).Chunk([]);
        wire.Text($"x-amz-trailer-signature:{wire.SignTrailer("")}\r\n{Crc32}:{TrailerValue}\r\n\r\n");

        Assert.Equal("MalformedTrailerError", Refusal(ChunkedWire.SignedTrailer, 0, wire.ToArray()).Code);
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32:y/Q5Jg==\r\n\r\n")]
    [InlineData("X-Amz-Checksum-CRC32: y/Q5Jg== \r\n\r\n")]
    [InlineData("x-amz-checksum-crc32:y/Q5Jg==\n\r\n\r\n")]
    [InlineData("x-amz-checksum-crc32:y/Q5Jg==\r\n\r\n\r\n")]
    public void Trailers_are_taken_as_clients_write_them(string trailer)
    {
        using var decoder = DecoderFor(ChunkedWire.UnsignedTrailer, 0);

        Assert.Empty(Decode(decoder, Text("0\r\n" + trailer).Chunk(1)));
        Assert.Equal(TrailerValue, decoder.TrailerValue);
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Bytes_behind_the_end_are_refused(string token)
    {
        var mode = PayloadMode.Parse(token);
        var wire = ChunkedWire.Whole(mode, [], 1, Crc32, TrailerValue);

        Assert.Equal("IncompleteBody", Refusal(mode, 0, [.. wire, (byte)'0']).Code);
        Assert.Equal("IncompleteBody", Refusal(mode, 0, [.. wire, .. Text("\r\n\r\n")]).Code);
    }

    [Fact]
    public void Signed_chunks_cannot_be_read_without_a_signer() =>
        Assert.Throws<ArgumentNullException>(() => new ChunkedDecoder(0, ChunkedWire.Signed, null, null));

    private static ChunkedDecoder DecoderFor(PayloadMode mode, long length) =>
        new(length, mode, mode.HasTrailer ? Crc32 : null, mode.HasChunkSignatures ? ChunkedWire.SignerFor() : null);

    private static S3Error Refusal(PayloadMode mode, long length, byte[] wire)
    {
        using var whole = DecoderFor(mode, length);
        using var byteByByte = DecoderFor(mode, length);
        var refusal = Assert.Throws<S3Exception>(() => Decode(whole, [wire])).Error;
        Assert.Equal(refusal.Code, Assert.Throws<S3Exception>(() => Decode(byteByByte, wire.Chunk(1))).Error.Code);
        return refusal;
    }

    private static byte[] Decode(ChunkedDecoder decoder, IEnumerable<byte[]> slices)
    {
        var content = new ArrayBufferWriter<byte>();
        var wire = ReadOnlySequence<byte>.Empty;
        foreach (var slice in slices)
        {
            wire = SlicedReader.Sequence(wire, slice);
            while (decoder.TryRead(ref wire, out var decoded))
            {
                content.Write(decoded.Span);
            }
        }

        decoder.Finish();
        return content.WrittenSpan.ToArray();
    }

    private static byte[] Swap(byte[] wire, int chunkBytes) =>
        [.. wire[chunkBytes..(2 * chunkBytes)], .. wire[..chunkBytes], .. wire[(2 * chunkBytes)..]];

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7 + (i >> 8)))];

    private static byte[] A(int count) => [.. Enumerable.Repeat((byte)'a', count)];

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}

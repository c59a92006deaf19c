using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Body;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Body;

public sealed class RequestBodyTests
{
    private const long NoLimit = long.MaxValue;

    private static readonly byte[] Content = Encoding.ASCII.GetBytes("123456789");
    private static readonly string ContentMd5 = Convert.ToBase64String(MD5.HashData(Content));

    private readonly HeaderDictionary _headers = [];
    private readonly ArrayBufferWriter<byte> _written = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_content_is_written_and_hashed()
    {
        var received = await CopyAsync(Content);

        Assert.Equal(Content, _written.WrittenSpan);
        Assert.Equal(9, received.Length);
        Assert.Equal(MD5.HashData(Content), received.Md5);
        Assert.Equal(
            (ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, "AE8B14860A799888"),
            (received.Checksum.Algorithm, received.Checksum.Type, Convert.ToHexString(received.Checksum.Digest.Span)));
    }

    [Fact]
    public async Task Empty_content_is_content()
    {
        var received = await CopyAsync([]);

        Assert.Equal(0, received.Length);
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", Convert.ToHexStringLower(received.Md5));
    }

    [Fact]
    public async Task Content_of_any_size_in_any_slices_is_written_and_hashed() =>
        await Gen.Select(Gen.Int[0, 3_000_000], Gen.Int[1000, 400_000], Gen.Bool).SampleAsync(
            async (length, sliceSize, knowsLength) =>
            {
                var content = new byte[length];
                for (var i = 0; i < length; i++)
                {
                    content[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
                }

                var written = new ArrayBufferWriter<byte>();
                var headers = new HeaderDictionary { ContentLength = knowsLength ? length : null };
                var body = RequestBody.Open(
                    new SlicedReader(content.Chunk(sliceSize)),
                    headers,
                    PayloadMode.Unsigned,
                    signer: null,
                    new Md5Lanes());
                var received = await body.CopyToAsync(
                    async (bytes, cancellation) =>
                    {
                        await Task.Yield();
                        written.Write(bytes.Span);
                    },
                    ChecksumAlgorithm.Sha1,
                    NoLimit,
                    CancellationToken.None);

                Assert.True(written.WrittenSpan.SequenceEqual(content));
                Assert.Equal(MD5.HashData(content), received.Md5);
                Assert.Equal(SHA1.HashData(content), received.Checksum.Digest.ToArray());
            },
            iter: 20);

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    public async Task Chunked_content_is_decoded_and_verified(string token)
    {
        var mode = PayloadMode.Parse(token);
        _headers["x-amz-decoded-content-length"] = "9";
        _headers["x-amz-trailer"] = "x-amz-checksum-crc32";
        _headers["x-amz-sdk-checksum-algorithm"] = "CRC32";
        if (!mode.HasTrailer)
        {
            _headers.Clear();
            _headers["x-amz-decoded-content-length"] = "9";
            _headers["x-amz-checksum-crc32"] = "y/Q5Jg==";
        }

        var received = await CopyAsync(
            ChunkedWire.Whole(mode, Content, 9, "x-amz-checksum-crc32", "y/Q5Jg=="), mode);

        Assert.Equal(Content, _written.WrittenSpan);
        Assert.Equal(ChecksumAlgorithm.Crc32, received.Checksum.Algorithm);
        Assert.Equal("CBF43926", Convert.ToHexString(received.Checksum.Digest.Span));
    }

    [Fact]
    public async Task The_clients_digests_are_all_compared()
    {
        _headers["Content-MD5"] = ContentMd5;
        _headers["x-amz-checksum-sha256"] = Convert.ToBase64String(SHA256.HashData(Content));
        _headers["x-amz-sdk-checksum-algorithm"] = "SHA256";

        var received = await CopyAsync(Content, PayloadMode.Parse(Convert.ToHexString(SHA256.HashData(Content))));

        Assert.Equal(SHA256.HashData(Content), received.Checksum.Digest.ToArray());
    }

    [Fact]
    public async Task An_uploads_algorithm_is_computed_where_the_client_sends_none()
    {
        var received = await CopyAsync(Content, required: ChecksumAlgorithm.Crc32C);

        Assert.Equal("E3069283", Convert.ToHexString(received.Checksum.Digest.Span));
    }

    [Fact]
    public async Task Another_algorithm_than_the_uploads_is_refused()
    {
        _headers["x-amz-checksum-crc32"] = "y/Q5Jg==";

        var refusal = await RefusalAsync(Content, required: ChecksumAlgorithm.Sha1);

        Assert.Equal("InvalidRequest", refusal.Code);
        Assert.Equal(
            "Checksum Type mismatch occurred, expected checksum Type: sha1, actual checksum Type: crc32",
            refusal.Message);
    }

    [Fact]
    public async Task A_wrong_content_md5_is_a_bad_digest()
    {
        _headers["Content-MD5"] = Convert.ToBase64String(MD5.HashData([]));

        var refusal = await RefusalAsync(Content);

        Assert.Equal(("BadDigest", "The Content-MD5 you specified did not match what we received."),
            (refusal.Code, refusal.Message));
        Assert.Equal(
            [new("ExpectedDigest", "d41d8cd98f00b204e9800998ecf8427e"), new("CalculatedDigest", ContentMd5)],
            refusal.Details);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("1B2M2Y8AsgTpgAmY7PhCfg")]
    public async Task A_malformed_content_md5_is_an_invalid_digest(string value)
    {
        _headers["Content-MD5"] = value;

        Assert.Equal("InvalidDigest", (await RefusalBeforeReadingAsync()).Code);
    }

    [Fact]
    public async Task A_wrong_payload_hash_is_refused_with_both_hashes()
    {
        var refusal = await RefusalAsync(Content, PayloadMode.Parse(PayloadMode.EmptySha256));

        Assert.Equal("XAmzContentSHA256Mismatch", refusal.Code);
        Assert.Equal(
            [
                new("ClientComputedContentSHA256", PayloadMode.EmptySha256),
                new("S3ComputedContentSHA256", Convert.ToHexStringLower(SHA256.HashData(Content))),
            ],
            refusal.Details);
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "CRC32")]
    [InlineData("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=", "CRC64NVME")]
    [InlineData("x-amz-checksum-md5", "1B2M2Y8AsgTpgAmY7PhCfg==", "MD5")]
    public async Task A_wrong_checksum_is_a_bad_digest(string header, string value, string name)
    {
        _headers[header] = value;

        var refusal = await RefusalAsync(Content);

        Assert.Equal(("BadDigest", $"The {name} you specified did not match the calculated checksum."),
            (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task A_wrong_trailing_checksum_is_a_bad_digest() =>
        Assert.Equal("BadDigest", (await RefusalOfTrailerAsync("AAAAAA==")).Code);

    [Fact]
    public async Task A_malformed_trailing_checksum_is_refused()
    {
        var refusal = await RefusalOfTrailerAsync("BAD");

        Assert.Equal(("InvalidRequest", "Value for x-amz-checksum-crc32 trailing header is invalid."),
            (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "y/Q5", "Value for x-amz-checksum-crc32 header is invalid.")]
    [InlineData(
        "x-amz-checksum-crc16", "y/Q=", "The algorithm type you specified in x-amz-checksum- header is invalid.")]
    [InlineData("x-amz-sdk-checksum-algorithm", "CRC16", "Value for x-amz-sdk-checksum-algorithm header is invalid.")]
    [InlineData(
        "x-amz-sdk-checksum-algorithm",
        "CRC32",
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were "
        + "found.")]
    [InlineData("x-amz-trailer", "x-amz-meta-a", "The value specified in the x-amz-trailer header is not supported")]
    public async Task Headers_that_make_no_sense_are_refused_before_anything_is_read(
        string header, string value, string message)
    {
        _headers[header] = value;

        var refusal = await RefusalBeforeReadingAsync();

        Assert.Equal(("InvalidRequest", message), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task A_trailer_that_cannot_come_is_refused()
    {
        _headers["x-amz-trailer"] = "x-amz-checksum-crc32";

        Assert.Equal("MalformedTrailerError", (await RefusalBeforeReadingAsync()).Code);
    }

    [Fact]
    public async Task Two_checksums_are_refused()
    {
        _headers["x-amz-checksum-crc32"] = "y/Q5Jg==";
        _headers["x-amz-checksum-crc32c"] = "4waSgw==";

        var refusal = await RefusalBeforeReadingAsync();

        Assert.Equal(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.", refusal.Message);
    }

    [Fact]
    public async Task A_checksum_of_another_algorithm_than_the_sdk_says_is_refused()
    {
        _headers["x-amz-checksum-crc32"] = "y/Q5Jg==";
        _headers["x-amz-sdk-checksum-algorithm"] = "SHA256";

        Assert.Equal("InvalidRequest", (await RefusalBeforeReadingAsync()).Code);
    }

    [Fact]
    public async Task Headers_about_checksums_are_no_checksums()
    {
        _headers["x-amz-checksum-algorithm"] = "CRC32";
        _headers["x-amz-checksum-type"] = "FULL_OBJECT";
        _headers["x-amz-checksum-mode"] = "ENABLED";

        Assert.Equal(ChecksumAlgorithm.Crc64Nvme, (await CopyAsync(Content)).Checksum.Algorithm);
    }

    [Fact]
    public async Task Content_too_large_by_its_header_is_refused_before_anything_is_read()
    {
        var reader = new SlicedReader([Content]);
        _headers.ContentLength = 9;
        var body = RequestBody.Open(reader, _headers, PayloadMode.Unsigned, signer: null, new Md5Lanes());

        var refusal = (await Assert.ThrowsAsync<S3Exception>(
            async () => await body.CopyToAsync(WriteAsync, null, maxLength: 8, Cancellation))).Error;

        Assert.Equal("EntityTooLarge", refusal.Code);
        Assert.Equal([new("ProposedSize", "9"), new("MaxSizeAllowed", "8")], refusal.Details);
        Assert.Equal(0, reader.Reads);
    }

    [Fact]
    public async Task Content_of_unknown_length_is_refused_where_it_becomes_too_large()
    {
        var body = RequestBody.Open(
            new SlicedReader(Content.Chunk(3)), _headers, PayloadMode.Unsigned, signer: null, new Md5Lanes());

        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await body.CopyToAsync(WriteAsync, null, maxLength: 8, Cancellation));

        Assert.Null(body.Length);
        Assert.Equal("EntityTooLarge", refusal.Error.Code);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public async Task Content_of_another_length_than_announced_is_incomplete(int announced)
    {
        _headers.ContentLength = announced;
        var body = RequestBody.Open(
            new SlicedReader([Content]), _headers, PayloadMode.Unsigned, signer: null, new Md5Lanes());

        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await body.CopyToAsync(WriteAsync, null, NoLimit, Cancellation));

        Assert.Equal("IncompleteBody", refusal.Error.Code);
    }

    [Fact]
    public void Chunked_content_must_say_how_long_it_is()
    {
        _headers.ContentLength = 100;

        var refusal = Assert.Throws<S3Exception>(() => Open([], ChunkedWire.UnsignedTrailer));

        Assert.Equal((411, "MissingContentLength"), (refusal.Error.StatusCode, refusal.Error.Code));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("nine")]
    [InlineData("9223372036854775808")]
    public void A_decoded_length_that_is_no_length_is_refused(string value)
    {
        _headers["x-amz-decoded-content-length"] = value;

        var refusal = Assert.Throws<S3Exception>(() => Open([], ChunkedWire.UnsignedTrailer));

        Assert.Equal("InvalidArgument", refusal.Error.Code);
    }

    [Fact]
    public void The_decoded_length_is_the_length()
    {
        _headers.ContentLength = 100;
        _headers["x-amz-decoded-content-length"] = "9";

        Assert.Equal(9, Open([], ChunkedWire.UnsignedTrailer).Length);
    }

    public static TheoryData<Exception, string> Faults => new()
    {
        { new ConnectionResetException("reset"), "ConnectionClosedByRequester" },
        { new ConnectionAbortedException("aborted"), "ConnectionClosedByRequester" },
        { new BadHttpRequestException("Unexpected end of request content.", 400), "IncompleteBody" },
        { new BadHttpRequestException("Reading the request body timed out.", 408), "RequestTimeout" },
        { new BadHttpRequestException("Request body too large.", 413), "EntityTooLarge" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_of_the_connection_are_the_clients(Exception fault, string code)
    {
        _headers.ContentLength = 1_000_000;
        var body = RequestBody.Open(
            new SlicedReader([Content], fault), _headers, PayloadMode.Unsigned, signer: null, new Md5Lanes());

        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await body.CopyToAsync(WriteAsync, null, NoLimit, Cancellation));

        Assert.Equal(code, refusal.Error.Code);
        Assert.Same(fault, refusal.InnerException);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(2_000_000)]
    public async Task Faults_of_the_writer_pass_through(int length)
    {
        var fault = new IOException("No space left on device");
        var body = Open(new byte[length]);

        var thrown = await Assert.ThrowsAsync<IOException>(
            async () => await body.CopyToAsync((_, _) => throw fault, null, NoLimit, Cancellation));

        Assert.Same(fault, thrown);
    }

    [Fact]
    public async Task A_body_is_read_once()
    {
        var body = Open(Content);
        await body.CopyToAsync(WriteAsync, null, NoLimit, Cancellation);

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await body.CopyToAsync(WriteAsync, null, NoLimit, Cancellation));
    }

    [Fact]
    public async Task A_document_is_read_whole()
    {
        _headers["Content-MD5"] = ContentMd5;

        var document = await Open(Content).ReadDocumentAsync(9, checksumRequired: true, Cancellation);

        Assert.Equal(Content, document.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_document_that_is_too_long_is_refused(bool knowsLength)
    {
        var headers = new HeaderDictionary { ContentLength = knowsLength ? 9 : null };
        var body = RequestBody.Open(
            new SlicedReader([Content]), headers, PayloadMode.Unsigned, signer: null, new Md5Lanes());

        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await body.ReadDocumentAsync(8, checksumRequired: false, Cancellation));

        Assert.Equal("MaxMessageLengthExceeded", refusal.Error.Code);
        Assert.Equal([new("MaxMessageLengthBytes", "8")], refusal.Error.Details);
    }

    [Fact]
    public async Task A_document_without_a_required_checksum_is_refused()
    {
        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await Open(Content).ReadDocumentAsync(9, checksumRequired: true, Cancellation));

        Assert.Equal(
            ("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"),
            (refusal.Error.Code, refusal.Error.Message));
    }

    [Fact]
    public async Task A_document_with_a_wrong_checksum_is_refused()
    {
        _headers["x-amz-checksum-crc32"] = "AAAAAA==";

        var refusal = await Assert.ThrowsAsync<S3Exception>(
            async () => await Open(Content).ReadDocumentAsync(9, checksumRequired: true, Cancellation));

        Assert.Equal("BadDigest", refusal.Error.Code);
    }

    [Fact]
    public async Task The_checksums_beside_a_completion_are_not_the_documents()
    {
        _headers["x-amz-checksum-crc32"] = "AAAAAA==";
        _headers["x-amz-checksum-type"] = "FULL_OBJECT";

        Assert.Equal(Content, (await Open(Content).ReadCompletionAsync(9, Cancellation)).ToArray());
    }

    private RequestBody Open(byte[] wire, PayloadMode? mode = null)
    {
        _headers.ContentLength = wire.Length;
        return RequestBody.Open(
            new SlicedReader(wire.Chunk(100_000)),
            _headers,
            mode ?? PayloadMode.Unsigned,
            mode is { HasChunkSignatures: true } ? ChunkedWire.SignerFor() : null,
            new Md5Lanes());
    }

    private ValueTask<ReceivedContent> CopyAsync(
        byte[] wire, PayloadMode? mode = null, ChecksumAlgorithm? required = null) =>
        Open(wire, mode).CopyToAsync(WriteAsync, required, NoLimit, Cancellation);

    private async Task<S3Error> RefusalAsync(
        byte[] wire, PayloadMode? mode = null, ChecksumAlgorithm? required = null) =>
        (await Assert.ThrowsAsync<S3Exception>(async () => await CopyAsync(wire, mode, required))).Error;

    private async Task<S3Error> RefusalBeforeReadingAsync()
    {
        var refusal = await RefusalAsync(Content);
        Assert.Equal(0, _written.WrittenCount);
        return refusal;
    }

    private async Task<S3Error> RefusalOfTrailerAsync(string value)
    {
        _headers["x-amz-decoded-content-length"] = "9";
        _headers["x-amz-trailer"] = "x-amz-checksum-crc32";
        var wire = ChunkedWire.Whole(ChunkedWire.UnsignedTrailer, Content, 9, "x-amz-checksum-crc32", value);
        return await RefusalAsync(wire, ChunkedWire.UnsignedTrailer);
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        _written.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }
}

using System.Security.Cryptography;
using System.Text;
using CsCheck;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Operations.Multipart;
using ObjectServer.Storage.Model;
using UploadPart = ObjectServer.Storage.Model.UploadPart;

namespace ObjectServer.Tests.Operations.Multipart;

public sealed class AssembledObjectTests
{
    private const long Enough = AssembledObject.MinPartBytes;

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_etag_is_the_digest_of_the_parts_digests_and_their_number()
    {
        var parts = new[] { Part(1, "a", Enough), Part(2, "b", 1) };
        var assembled = AssembledObject.From(Upload(), Choose(parts), parts);
        byte[] digests = [.. MD5.HashData("a"u8), .. MD5.HashData("b"u8)];
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(digests)) + "-2", assembled.ETag);
        Assert.Equal(Enough + 1, assembled.Size);
    }

    [Fact]
    public void Stored_parts_that_are_not_chosen_are_left_out()
    {
        var parts = new[] { Part(1, "a", 1), Part(5, "b", 1), Part(9, "c", 1) };
        var assembled = AssembledObject.From(Upload(), Choose(parts[1]), parts);
        Assert.Equal([parts[1]], assembled.Parts);
    }

    [Fact]
    public void A_part_that_is_not_there_is_named()
    {
        var parts = new[] { Part(1, "a", Enough) };
        var error = Refusal(Upload(), [new(2, parts[0].ETag, [])], parts);
        Assert.Equal("InvalidPart", error.Code);
        Assert.Equal(
            [new("UploadId", "upload"), new("PartNumber", "2"), new("ETag", parts[0].ETag)], error.Details);
    }

    [Fact]
    public void A_part_with_another_etag_is_refused() =>
        Assert.Equal("InvalidPart", Refusal(Upload(), [new(1, "0123", [])], [Part(1, "a", 1)]).Code);

    [Fact]
    public void Only_the_last_part_may_be_small()
    {
        var parts = new[] { Part(1, "a", Enough), Part(2, "b", Enough - 1), Part(3, "c", 0) };
        var error = Refusal(Upload(), Choose(parts), parts);
        Assert.Equal("EntityTooSmall", error.Code);
        Assert.Equal(
            [
                new("ProposedSize", "5242879"), new("MinSizeAllowed", "5242880"), new("PartNumber", "2"),
                new("ETag", parts[1].ETag),
            ],
            error.Details);
        Assert.Equal(Enough, AssembledObject.From(Upload(), Choose(parts[0], parts[2]), parts).Size);
    }

    [Fact]
    public void A_composite_checksum_needs_each_parts_own()
    {
        var upload = Upload(ChecksumAlgorithm.Sha256, ChecksumType.Composite);
        var part = Part(1, "a", 1, ChecksumAlgorithm.Sha256);
        var error = Refusal(upload, Choose(part), [part]);
        Assert.Equal("InvalidRequest", error.Code);
        Assert.Equal(
            "The upload was created using a sha256 checksum. The complete request must include the checksum for each "
            + "part. It was missing for part 1 in the request.",
            error.Message);
    }

    [Fact]
    public void A_composite_checksum_is_the_digest_of_the_parts_digests()
    {
        var upload = Upload(ChecksumAlgorithm.Sha256, ChecksumType.Composite);
        var parts = new[]
        {
            Part(1, "a", Enough, ChecksumAlgorithm.Sha256), Part(2, "b", 1, ChecksumAlgorithm.Sha256),
        };
        var assembled = AssembledObject.From(upload, ChooseWithChecksums(parts), parts);
        byte[] digests = [.. SHA256.HashData("a"u8), .. SHA256.HashData("b"u8)];
        Assert.Equal(ChecksumType.Composite, assembled.Checksum!.Type);
        Assert.Equal(SHA256.HashData(digests), assembled.Checksum.Digest.ToArray());
    }

    [Fact]
    public void A_part_with_another_checksum_is_refused()
    {
        var upload = Upload(ChecksumAlgorithm.Crc32, ChecksumType.FullObject);
        var part = Part(1, "a", 1, ChecksumAlgorithm.Crc32);
        var wrong = new ChosenPart(1, part.ETag, [new(ChecksumAlgorithm.Crc32, "AAAAAA==")]);
        Assert.Equal("InvalidPart", Refusal(upload, [wrong], [part]).Code);
    }

    [Fact]
    public void A_checksum_of_another_algorithm_is_refused()
    {
        var upload = Upload(ChecksumAlgorithm.Crc32, ChecksumType.FullObject);
        var part = Part(1, "a", 1, ChecksumAlgorithm.Crc32);
        var wrong = new ChosenPart(1, part.ETag, [new(ChecksumAlgorithm.Sha1, "AAAA")]);
        Assert.Equal("BadDigest", Refusal(upload, [wrong], [part]).Code);
    }

    [Fact]
    public void An_upload_that_announced_nothing_takes_parts_with_a_checksum_of_the_clients_choice()
    {
        var part = Part(1, "a", 1);
        var chosen = new ChosenPart(1, part.ETag, [new(ChecksumAlgorithm.Crc32, "6Le+Qw==")]);
        Assert.Equal([part], AssembledObject.From(Upload(), [chosen], [part]).Parts);
        var wrong = new ChosenPart(1, part.ETag, [new(ChecksumAlgorithm.Crc64Nvme, "AAAAAAAAAAA=")]);
        Assert.Equal("InvalidPart", Refusal(Upload(), [wrong], [part]).Code);
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32)]
    [InlineData(ChecksumAlgorithm.Crc32C)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme)]
    public void A_full_object_checksum_is_that_of_all_bytes(ChecksumAlgorithm algorithm)
    {
        // Parts of a size that is allowed would make the test slow; only the last of them may be small.
        var content = new byte[Enough + 1000];
        RandomNumberGenerator.Fill(content);
        Gen.Int[0, 1000].Sample(
            cut =>
            {
                var end = (int)Enough + cut;
                var parts = new[]
                {
                    Measure(1, content.AsSpan(0, end), algorithm), Measure(2, content.AsSpan(end), algorithm),
                };
                var upload = Upload(algorithm, ChecksumType.FullObject);
                var assembled = AssembledObject.From(upload, ChooseWithChecksums(parts), parts);
                Assert.Equal(ChecksumHasher.Hash(algorithm, content), assembled.Checksum!.Digest.ToArray());
            },
            iter: 5);
    }

    [Fact]
    public void An_upload_that_announced_nothing_gets_a_crc64nvme_of_the_full_object()
    {
        var part = Measure(1, "hello"u8, ChecksumAlgorithm.Crc64Nvme);
        var checksum = AssembledObject.From(Upload(), Choose(part), [part]).Checksum!;
        Assert.Equal((ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject), (checksum.Algorithm, checksum.Type));
        Assert.Equal(ChecksumHasher.Hash(ChecksumAlgorithm.Crc64Nvme, "hello"u8), checksum.Digest.ToArray());
    }

    [Fact]
    public void Ten_thousand_parts_are_put_together()
    {
        var part = Part(1, "a", Enough);
        UploadPart[] parts = [.. Enumerable.Range(1, 10_000).Select(number => part with { Number = number })];
        var assembled = AssembledObject.From(Upload(), Choose(parts), parts);
        Assert.Equal(parts, assembled.Parts);
        Assert.Equal(10_000 * Enough, assembled.Size);
        var digests = Enumerable.Repeat(MD5.HashData("a"u8), 10_000).SelectMany(digest => digest).ToArray();
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(digests)) + "-10000", assembled.ETag);
    }

    [Theory]
    [InlineData("no hex")]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    public void There_is_no_etag_of_parts_that_have_none(string eTag) =>
        Assert.Null(AssembledObject.ETagOf([eTag]));

    private static S3Error Refusal(
        UploadRecord upload, IReadOnlyList<ChosenPart> chosen, IReadOnlyList<UploadPart> stored) =>
        Assert.Throws<S3Exception>(() => AssembledObject.From(upload, chosen, stored)).Error;

    private static UploadRecord Upload(ChecksumAlgorithm? algorithm = null, ChecksumType? type = null) => new()
    {
        UploadId = "upload",
        Initiated = Now,
        Key = ObjectKey.Parse("key"),
        OwnerId = "owner",
        ChecksumAlgorithm = algorithm,
        ChecksumType = type,
    };

    /// <summary>A part whose digests are those of a text, whatever its size.</summary>
    private static UploadPart Part(
        int number, string text, long size, ChecksumAlgorithm algorithm = ChecksumAlgorithm.Crc64Nvme) =>
        Measure(number, Encoding.UTF8.GetBytes(text), algorithm) with { Size = size };

    private static UploadPart Measure(int number, ReadOnlySpan<byte> content, ChecksumAlgorithm algorithm) => new(
        number,
        content.Length,
        Convert.ToHexStringLower(MD5.HashData(content)),
        Now,
        new(algorithm, ChecksumType.FullObject, ChecksumHasher.Hash(algorithm, content)));

    private static ChosenPart[] Choose(params UploadPart[] parts) =>
        [.. parts.Select(part => new ChosenPart(part.Number, part.ETag, []))];

    private static ChosenPart[] ChooseWithChecksums(params UploadPart[] parts) =>
        [
            .. parts.Select(part => new ChosenPart(
                part.Number,
                part.ETag,
                [new(part.Checksum!.Algorithm, Convert.ToBase64String(part.Checksum.Digest.Span))])),
        ];
}

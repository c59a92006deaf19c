using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Body;

/// <summary>The digests that a client gives of its body, in headers or announced as a trailer.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html</remarks>
internal sealed record DeclaredDigests
{
    private const string ChecksumPrefix = "x-amz-checksum-";

    /// <summary>Content-MD5: 16 bytes.</summary>
    public byte[]? ContentMd5 { get; private init; }

    /// <summary>The SHA-256 of a signed payload, 64 hexadecimal digits.</summary>
    public string? Sha256Hex { get; private init; }

    /// <summary>The algorithm of the checksum, wherever that is.</summary>
    public ChecksumAlgorithm? Algorithm { get; private init; }

    /// <summary>The raw checksum from its header; null where there is none or it comes as a trailer.</summary>
    public byte[]? Checksum { get; private init; }

    /// <summary>The header that the trailer will bring, in lower case.</summary>
    public string? TrailerName { get; private init; }

    /// <summary>Whether the client gave what an operation with a mandatory checksum demands.</summary>
    public bool SatisfyRequirement => ContentMd5 is not null || Algorithm is not null;

    /// <summary>Reads what speaks of the body in every operation: Content-MD5 and the signed hash.</summary>
    /// <exception cref="S3Exception">InvalidDigest.</exception>
    public static DeclaredDigests ReadWithoutChecksum(IHeaderDictionary headers, PayloadMode mode) => new()
    {
        ContentMd5 = ReadContentMd5(headers),
        Sha256Hex = mode.Sha256Hex,
    };

    /// <summary>Reads everything.</summary>
    /// <exception cref="S3Exception">
    /// InvalidDigest; InvalidRequest for checksums that are malformed, unknown or many; MalformedTrailerError for a
    /// trailer that cannot come.
    /// </exception>
    public static DeclaredDigests Read(IHeaderDictionary headers, PayloadMode mode)
    {
        var header = ReadChecksumHeader(headers);
        var trailer = ReadTrailerHeader(headers, mode);
        if (header is not null && trailer is not null)
        {
            throw MoreThanOne();
        }

        var algorithm = header ?? trailer;
        CheckSdkAlgorithm(headers, algorithm);
        return new()
        {
            ContentMd5 = ReadContentMd5(headers),
            Sha256Hex = mode.Sha256Hex,
            Algorithm = algorithm,
            Checksum = header is { } ofHeader ? ReadChecksum(headers, ofHeader) : null,
            TrailerName = trailer is { } ofTrailer ? ChecksumNames.Of(ofTrailer).Header : null,
        };
    }

    /// <summary>Compares what was computed with what was declared.</summary>
    /// <param name="computed">The digests of the received content; the checksum is of <see cref="Algorithm"/>.</param>
    /// <param name="trailer">The value of the announced trailer.</param>
    /// <exception cref="S3Exception">
    /// XAmzContentSHA256Mismatch or BadDigest; InvalidRequest for a malformed trailer.
    /// </exception>
    public void Verify(ContentDigests computed, string? trailer)
    {
        if (Sha256Hex is not null && !Matches(Convert.FromHexString(Sha256Hex), computed.Sha256))
        {
            throw new S3Exception(S3Errors.XAmzContentSHA256Mismatch
                .With("ClientComputedContentSHA256", Sha256Hex)
                .With("S3ComputedContentSHA256", Convert.ToHexStringLower(computed.Sha256!)));
        }

        if (ContentMd5 is not null && !Matches(ContentMd5, computed.Md5))
        {
            throw new S3Exception(S3Errors.BadDigest
                .Saying("The Content-MD5 you specified did not match what we received.")
                .With("ExpectedDigest", Convert.ToHexStringLower(ContentMd5))
                .With("CalculatedDigest", Convert.ToBase64String(computed.Md5)));
        }

        if (Algorithm is { } algorithm && !Matches(Checksum ?? ParseTrailer(algorithm, trailer), computed.Checksum))
        {
            throw new S3Exception(S3Errors.BadDigest.Saying(
                $"The {ChecksumNames.Of(algorithm).Name} you specified did not match the calculated checksum."));
        }
    }

    private static bool Matches(byte[] declared, byte[]? computed) =>
        CryptographicOperations.FixedTimeEquals(declared, computed);

    private static byte[] ParseTrailer(ChecksumAlgorithm algorithm, string? trailer) =>
        ChecksumNames.TryParseDigest(algorithm, trailer ?? "", out var digest)
            ? digest
            : throw Invalid($"Value for {ChecksumNames.Of(algorithm).Header} trailing header is invalid.");

    private static byte[]? ReadContentMd5(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue("Content-MD5", out var value))
        {
            return null;
        }

        return ChecksumNames.TryParseDigest(ChecksumAlgorithm.Md5, value.ToString(), out var md5)
            ? md5
            : throw new S3Exception(S3Errors.InvalidDigest.With("Content-MD5", value.ToString()));
    }

    private static ChecksumAlgorithm? ReadChecksumHeader(IHeaderDictionary headers)
    {
        ChecksumAlgorithm? found = null;
        foreach (var (name, values) in headers)
        {
            if (!name.StartsWith(ChecksumPrefix, StringComparison.OrdinalIgnoreCase) || IsAboutChecksums(name))
            {
                continue;
            }

            if (!ChecksumNames.TryFromHeader(name, out var algorithm))
            {
                throw Invalid("The algorithm type you specified in x-amz-checksum- header is invalid.");
            }

            found = found is null && values.Count == 1 ? algorithm : throw MoreThanOne();
        }

        return found;
    }

    /// <summary>Headers that begin like a checksum but are settings.</summary>
    private static bool IsAboutChecksums(string name) =>
        name.AsSpan(ChecksumPrefix.Length) is var setting
        && (setting.Equals("algorithm", StringComparison.OrdinalIgnoreCase)
            || setting.Equals("type", StringComparison.OrdinalIgnoreCase)
            || setting.Equals("mode", StringComparison.OrdinalIgnoreCase));

    private static byte[] ReadChecksum(IHeaderDictionary headers, ChecksumAlgorithm algorithm) =>
        ChecksumNames.ParseHeader(algorithm, headers[ChecksumNames.Of(algorithm).Header].ToString());

    private static ChecksumAlgorithm? ReadTrailerHeader(IHeaderDictionary headers, PayloadMode mode)
    {
        if (!headers.TryGetValue("x-amz-trailer", out var value))
        {
            return null;
        }

        if (!ChecksumNames.TryFromHeader(value.ToString().Trim(), out var algorithm))
        {
            throw Invalid("The value specified in the x-amz-trailer header is not supported");
        }

        // Without a trailer in the body's format the announced checksum could never come.
        return mode.HasTrailer ? algorithm : throw new S3Exception(S3Errors.MalformedTrailerError);
    }

    private static void CheckSdkAlgorithm(IHeaderDictionary headers, ChecksumAlgorithm? declared)
    {
        if (!headers.TryGetValue("x-amz-sdk-checksum-algorithm", out var value))
        {
            return;
        }

        if (!ChecksumNames.TryFromName(value.ToString(), out var algorithm))
        {
            throw Invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.");
        }

        if (declared is null)
        {
            throw Invalid(
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                + "headers were found.");
        }

        if (declared != algorithm)
        {
            throw Invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.");
        }
    }

    private static S3Exception MoreThanOne() => Invalid(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");

    private static S3Exception Invalid(string message) => new(S3Errors.InvalidRequest.Saying(message));
}

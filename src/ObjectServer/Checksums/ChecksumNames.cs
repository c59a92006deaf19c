using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>How S3 calls one checksum algorithm in each place, and what multipart uploads allow.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Name">The value of <c>x-amz-checksum-algorithm</c> and its kin, e.g. <c>CRC32</c>.</param>
/// <param name="Header">The header and trailer, in lower case, e.g. <c>x-amz-checksum-crc32</c>.</param>
/// <param name="Element">The XML element, e.g. <c>ChecksumCRC32</c>.</param>
/// <param name="DigestBytes">The raw digest's length in bytes.</param>
/// <param name="MultipartTypes">What a multipart upload may choose; the first is the default.</param>
internal sealed record ChecksumNaming(
    ChecksumAlgorithm Algorithm,
    string Name,
    string Header,
    string Element,
    int DigestBytes,
    ImmutableArray<ChecksumType> MultipartTypes);

/// <summary>S3's names for checksum algorithms and types, and the strict reading of their values.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html</remarks>
internal static class ChecksumNames
{
    private const int MaxDigestBytes = 64;

    private static readonly ImmutableArray<ChecksumType> FullObjectOnly = [ChecksumType.FullObject];
    private static readonly ImmutableArray<ChecksumType> CompositeOnly = [ChecksumType.Composite];
    private static readonly ImmutableArray<ChecksumType> Both = [ChecksumType.Composite, ChecksumType.FullObject];

    /// <summary>Every algorithm, by its number. Only CRCs can be combined, so only they offer full objects.</summary>
    public static readonly ImmutableArray<ChecksumNaming> All =
    [
        Naming(ChecksumAlgorithm.Crc32, "CRC32", 4, Both),
        Naming(ChecksumAlgorithm.Crc32C, "CRC32C", 4, Both),
        Naming(ChecksumAlgorithm.Crc64Nvme, "CRC64NVME", 8, FullObjectOnly),
        Naming(ChecksumAlgorithm.Sha1, "SHA1", 20, CompositeOnly),
        Naming(ChecksumAlgorithm.Sha256, "SHA256", 32, CompositeOnly),
        Naming(ChecksumAlgorithm.Sha512, "SHA512", 64, CompositeOnly),
        Naming(ChecksumAlgorithm.Md5, "MD5", 16, CompositeOnly),
        Naming(ChecksumAlgorithm.XxHash64, "XXHASH64", 8, CompositeOnly),
        Naming(ChecksumAlgorithm.XxHash3, "XXHASH3", 8, CompositeOnly),
        Naming(ChecksumAlgorithm.XxHash128, "XXHASH128", 16, CompositeOnly),
    ];

    /// <summary>The names of one algorithm.</summary>
    public static ChecksumNaming Of(ChecksumAlgorithm algorithm) => All[(int)algorithm - 1];

    /// <summary>Finds the algorithm of a value such as <c>CRC32</c>; S3 compares without case.</summary>
    public static bool TryFromName(string name, out ChecksumAlgorithm algorithm) =>
        TryFind(naming => naming.Name.Equals(name, StringComparison.OrdinalIgnoreCase), out algorithm);

    /// <summary>Finds the algorithm of a header or trailer such as <c>x-amz-checksum-crc32</c>.</summary>
    public static bool TryFromHeader(string header, out ChecksumAlgorithm algorithm) =>
        TryFind(naming => naming.Header.Equals(header, StringComparison.OrdinalIgnoreCase), out algorithm);

    /// <summary>Finds the algorithm of an XML element such as <c>ChecksumCRC32</c>.</summary>
    public static bool TryFromElement(string element, out ChecksumAlgorithm algorithm) =>
        TryFind(naming => naming.Element.Equals(element, StringComparison.Ordinal), out algorithm);

    /// <summary>Reads <c>x-amz-checksum-algorithm</c>, which CreateMultipartUpload and CopyObject take.</summary>
    /// <exception cref="S3Exception">InvalidRequest: there is no such algorithm.</exception>
    public static ChecksumAlgorithm ParseAlgorithm(string name) =>
        TryFromName(name, out var algorithm)
            ? algorithm
            : throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                + $"[{string.Join(", ", All.Select(naming => naming.Name))}]"));

    /// <summary>What <c>x-amz-checksum-type</c> says of a type.</summary>
    public static string NameOf(ChecksumType type) => type is ChecksumType.FullObject ? "FULL_OBJECT" : "COMPOSITE";

    /// <summary>Reads <c>x-amz-checksum-type</c>.</summary>
    public static bool TryParseType(string name, out ChecksumType type)
    {
        type = name.Equals("FULL_OBJECT", StringComparison.OrdinalIgnoreCase)
            ? ChecksumType.FullObject
            : ChecksumType.Composite;
        return type is ChecksumType.FullObject || name.Equals("COMPOSITE", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What a multipart upload of this algorithm gets where it names no type.</summary>
    public static ChecksumType DefaultMultipartType(ChecksumAlgorithm algorithm) => Of(algorithm).MultipartTypes[0];

    /// <summary>Whether a multipart upload of this algorithm may have this type.</summary>
    public static bool AllowsMultipart(ChecksumAlgorithm algorithm, ChecksumType type) =>
        Of(algorithm).MultipartTypes.Contains(type);

    /// <summary>Reads a base64 digest of exactly the algorithm's length.</summary>
    public static bool TryParseDigest(
        ChecksumAlgorithm algorithm, string base64, [NotNullWhen(true)] out byte[]? digest)
    {
        // Convert skips white space; S3 does not.
        Span<byte> bytes = stackalloc byte[MaxDigestBytes];
        var valid = !base64.Any(char.IsWhiteSpace)
            && Convert.TryFromBase64String(base64, bytes, out var count)
            && count == Of(algorithm).DigestBytes;
        digest = valid ? bytes[..Of(algorithm).DigestBytes].ToArray() : null;
        return valid;
    }

    /// <summary>Reads the value of a checksum header.</summary>
    /// <exception cref="S3Exception">InvalidRequest: not base64, or not of the algorithm's length.</exception>
    public static byte[] ParseHeader(ChecksumAlgorithm algorithm, string base64) =>
        TryParseDigest(algorithm, base64, out var digest)
            ? digest
            : throw new S3Exception(S3Errors.InvalidRequest.Saying(
                $"Value for {Of(algorithm).Header} header is invalid."));

    private static ChecksumNaming Naming(
        ChecksumAlgorithm algorithm, string name, int digestBytes, ImmutableArray<ChecksumType> multipartTypes) =>
        new(
            algorithm,
            name,
            "x-amz-checksum-" + name.ToLowerInvariant(),
            "Checksum" + name,
            digestBytes,
            multipartTypes);

    private static bool TryFind(Func<ChecksumNaming, bool> isIt, out ChecksumAlgorithm algorithm)
    {
        var found = All.FirstOrDefault(isIt);
        algorithm = found?.Algorithm ?? default;
        return found is not null;
    }
}

using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.AccessControl;

/// <summary>What is done against public access to a bucket, or to every bucket of an account.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
internal sealed record PublicAccessBlock
{
    /// <summary>The root of its documents.</summary>
    public const string RootName = "PublicAccessBlockConfiguration";

    /// <summary>Four elements are far from this.</summary>
    public const int MaxDocumentBytes = 16 * 1024;

    /// <summary>Nothing.</summary>
    public static readonly PublicAccessBlock None = new();

    /// <summary>Everything.</summary>
    public static readonly PublicAccessBlock All = new()
    {
        BlockPublicAcls = true,
        IgnorePublicAcls = true,
        BlockPublicPolicy = true,
        RestrictPublicBuckets = true,
    };

    /// <summary>The refusal of an ACL that is public, where those are blocked.</summary>
    public static readonly S3Error RefusesAcl =
        S3Errors.AccessDenied.Because("BlockPublicAcls, of the bucket or its account: the ACL would be public.");

    /// <summary>Whether public ACLs are refused where somebody sets them. Those that are there stay.</summary>
    public bool BlockPublicAcls { get; init; }

    /// <summary>Whether grants to the world count for nothing.</summary>
    public bool IgnorePublicAcls { get; init; }

    /// <summary>Whether public policies are refused where somebody sets them. Those that are there stay.</summary>
    public bool BlockPublicPolicy { get; init; }

    /// <summary>Whether a bucket with a public policy is there for its own account alone.</summary>
    public bool RestrictPublicBuckets { get; init; }

    /// <summary>What a bucket was told; null where it was told nothing.</summary>
    public static PublicAccessBlock? Find(BucketRecord bucket) =>
        bucket.Settings.Find(BucketSetting.PublicAccessBlock)?.Read(Decode);

    /// <summary>Both: the stricter one of each.</summary>
    public PublicAccessBlock And(PublicAccessBlock? other) => other is null || other == this ? this : new()
    {
        BlockPublicAcls = BlockPublicAcls || other.BlockPublicAcls,
        IgnorePublicAcls = IgnorePublicAcls || other.IgnorePublicAcls,
        BlockPublicPolicy = BlockPublicPolicy || other.BlockPublicPolicy,
        RestrictPublicBuckets = RestrictPublicBuckets || other.RestrictPublicBuckets,
    };

    /// <summary>The block as it is kept: one byte, the four in the order above, the first one lowest.</summary>
    public ReadOnlyMemory<byte> Encode() => new[]
    {
        (byte)((BlockPublicAcls ? 1 : 0)
            | (IgnorePublicAcls ? 2 : 0)
            | (BlockPublicPolicy ? 4 : 0)
            | (RestrictPublicBuckets ? 8 : 0)),
    };

    /// <summary>Reads what <see cref="Encode"/> made.</summary>
    /// <exception cref="CorruptDataException">The bytes were not made here.</exception>
    public static PublicAccessBlock Decode(ReadOnlyMemory<byte> document) => document.Span is [var bits and < 16]
        ? new()
        {
            BlockPublicAcls = (bits & 1) != 0,
            IgnorePublicAcls = (bits & 2) != 0,
            BlockPublicPolicy = (bits & 4) != 0,
            RestrictPublicBuckets = (bits & 8) != 0,
        }
        : throw new CorruptDataException("A kept block of public access is malformed.");

    /// <summary>Reads the document of a request. What it does not speak of is not blocked.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static PublicAccessBlock ReadDocument(ReadOnlyMemory<byte> document)
    {
        var block = None;
        foreach (var child in S3XmlReader.Parse(document, RootName).Children)
        {
            var isOn = child.Text.Trim() switch
            {
                _ when child.Children.Count > 0 => throw new S3Exception(S3Errors.MalformedXML),
                var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
                var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
                _ => throw new S3Exception(S3Errors.MalformedXML),
            };
            block = child.Name switch
            {
                nameof(BlockPublicAcls) => block with { BlockPublicAcls = isOn },
                nameof(IgnorePublicAcls) => block with { IgnorePublicAcls = isOn },
                nameof(BlockPublicPolicy) => block with { BlockPublicPolicy = isOn },
                nameof(RestrictPublicBuckets) => block with { RestrictPublicBuckets = isOn },
                _ => throw new S3Exception(S3Errors.MalformedXML),
            };
        }

        return block;
    }

    /// <summary>Writes what an answer's document holds, and closes its root.</summary>
    /// <param name="opened">With the root opened: its namespace depends on whose block it is.</param>
    public void WriteDocument(S3XmlWriter opened) => opened
        .Element(nameof(BlockPublicAcls), BlockPublicAcls)
        .Element(nameof(IgnorePublicAcls), IgnorePublicAcls)
        .Element(nameof(BlockPublicPolicy), BlockPublicPolicy)
        .Element(nameof(RestrictPublicBuckets), RestrictPublicBuckets)
        .End(RootName);
}

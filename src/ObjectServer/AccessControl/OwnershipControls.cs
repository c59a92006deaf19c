using System.Text;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.AccessControl;

/// <summary>The setting of a bucket that says who owns its objects, and whether ACLs mean anything in it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControls.html</remarks>
internal static class OwnershipControls
{
    public const string Header = "x-amz-object-ownership";

    private static ReadOnlySpan<byte> Enforced => "BucketOwnerEnforced"u8;

    private static ReadOnlySpan<byte> Preferred => "BucketOwnerPreferred"u8;

    private static ReadOnlySpan<byte> Writer => "ObjectWriter"u8;

    /// <summary>What a bucket was told; null where it was told nothing, or no longer.</summary>
    public static ObjectOwnership? Find(BucketRecord bucket) =>
        bucket.Settings.Find(BucketSetting.OwnershipControls) is not { Bytes.Span: var name } ? null
        : name.SequenceEqual(Enforced) ? ObjectOwnership.BucketOwnerEnforced
        : name.SequenceEqual(Preferred) ? ObjectOwnership.BucketOwnerPreferred
        : name.SequenceEqual(Writer) ? ObjectOwnership.ObjectWriter
        : throw new CorruptDataException($"The ownership controls of bucket {bucket.Name} are malformed.");

    /// <summary>What holds in a bucket: without the setting, who writes an object owns it.</summary>
    public static ObjectOwnership Of(BucketRecord bucket) => Find(bucket) ?? ObjectOwnership.ObjectWriter;

    /// <summary>Whether the bucket's owner owns everything in it, alone, whatever ACLs were kept.</summary>
    public static bool AreAclsDisabled(BucketRecord bucket) => Of(bucket) == ObjectOwnership.BucketOwnerEnforced;

    /// <summary>Who owns, now, what was kept under an owner.</summary>
    /// <param name="bucket">Where it is kept.</param>
    /// <param name="ownerId">Whom it was kept under.</param>
    public static string OwnerIn(BucketRecord bucket, string ownerId) =>
        AreAclsDisabled(bucket) ? bucket.OwnerId : ownerId;

    /// <summary>The settings of a bucket with this one.</summary>
    public static BucketSettings With(this BucketSettings settings, ObjectOwnership ownership) =>
        settings.With(BucketSetting.OwnershipControls, Encoding.UTF8.GetBytes(NameOf(ownership)));

    public static string NameOf(ObjectOwnership ownership) => ownership.ToString();

    /// <summary>The ownership of that name, or null. Names are case-sensitive.</summary>
    public static ObjectOwnership? Parse(string? name)
    {
        foreach (var ownership in Enum.GetValues<ObjectOwnership>())
        {
            if (NameOf(ownership) == name)
            {
                return ownership;
            }
        }

        return null;
    }

    /// <summary>Reads the document of a request: exactly one rule.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static ObjectOwnership ReadDocument(ReadOnlyMemory<byte> document)
    {
        var controls = S3XmlReader.Parse(document, "OwnershipControls");
        return controls.Children is [{ Name: "Rule", Children: [{ Name: "ObjectOwnership" } ownership] }]
            && Parse(ownership.Text) is { } read
                ? read
                : throw new S3Exception(S3Errors.MalformedXML);
    }

    /// <summary>Writes the document of an answer.</summary>
    public static void WriteDocument(S3XmlWriter xml, ObjectOwnership ownership) => xml
        .Root("OwnershipControls")
        .Start("Rule")
        .Element("ObjectOwnership", NameOf(ownership))
        .End("Rule")
        .End("OwnershipControls");
}

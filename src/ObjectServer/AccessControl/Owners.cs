using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.AccessControl;

/// <summary>Writes who owns what a bucket holds.</summary>
/// <param name="bucket">The bucket that is listed.</param>
/// <param name="accounts">Knows their names.</param>
internal sealed class Owners(BucketRecord bucket, IAccountLookup accounts)
{
    private readonly bool _isBucketOwners = OwnershipControls.AreAclsDisabled(bucket);

    /// <summary>The owner of an object or an upload that was kept under an owner.</summary>
    public S3XmlWriter Write(S3XmlWriter xml, string ownerId) =>
        xml.Account("Owner", _isBucketOwners ? bucket.OwnerId : ownerId, accounts);

    /// <summary>Who began an upload: an account, or a user by the ARN, as S3 tells the two apart.</summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_Initiator.html</remarks>
    public S3XmlWriter WriteInitiator(S3XmlWriter xml, UploadRecord upload)
    {
        var initiator = upload.InitiatorId ?? upload.OwnerId;
        return initiator.StartsWith("arn:", StringComparison.Ordinal)
            ? xml.Start("Initiator")
                .Element("ID", initiator)
                .Element("DisplayName", initiator[(initiator.LastIndexOf('/') + 1)..])
                .End("Initiator")
            : xml.Account("Initiator", initiator, accounts);
    }
}

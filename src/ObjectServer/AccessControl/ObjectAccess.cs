using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>Who will own an object that is written, and its ACL.</summary>
/// <param name="OwnerId">Canonical id of the account that will own it.</param>
/// <param name="Acl">As it is kept; null: the owner's alone.</param>
internal readonly record struct ObjectAccess(string OwnerId, SettingDocument? Acl)
{
    /// <summary>Decides it from the headers of the write and the ownership of the bucket.</summary>
    /// <param name="headers">Of the request, or the fields of a form.</param>
    /// <param name="bucket">Where the object goes.</param>
    /// <param name="writerId">The account that writes; the anonymous one for who did not sign.</param>
    /// <param name="block">What holds against public access to the bucket.</param>
    /// <param name="accounts">Those that can be named.</param>
    /// <exception cref="S3Exception">
    /// AccessControlListNotSupported: ACLs are disabled; AccessDenied: public ones are blocked; what the headers' reader
    /// refuses.
    /// </exception>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html</remarks>
    public static ObjectAccess Of(
        IHeaderDictionary headers,
        BucketRecord bucket,
        string writerId,
        PublicAccessBlock block,
        IAccountLookup accounts)
    {
        var asked = AclHeaders.Read(headers);
        var ownership = OwnershipControls.Of(bucket);
        if (ownership == ObjectOwnership.BucketOwnerEnforced)
        {
            // Some clients send it with every upload; it says what holds.
            if (asked.AreThere && asked.Canned != CannedAcl.Private)
            {
                DisabledAcls.Check(asked, new AclGrantees(accounts, bucket.OwnerId), bucket.OwnerId);
            }

            return new(bucket.OwnerId, null);
        }

        var isHandedOver = ownership == ObjectOwnership.BucketOwnerPreferred
            && asked.Canned == CannedAcl.BucketOwnerFullControl;
        var ownerId = isHandedOver ? bucket.OwnerId : writerId;
        var acl = asked switch
        {
            { AreThere: false } => new AccessControlList(ownerId, null),
            { Canned: { } canned } => CannedAcl.ForObject(canned, ownerId, bucket.OwnerId),
            _ => new(ownerId, asked.ReadGrants(new AclGrantees(accounts, ownerId))),
        };
        return acl.IsPublic && block.BlockPublicAcls
            ? throw new S3Exception(PublicAccessBlock.RefusesAcl)
            : new(ownerId, acl.ToDocument());
    }
}

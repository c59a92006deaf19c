using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>What holds in a bucket whose creator says nothing of it.</summary>
/// <param name="Ownership">Who owns what others write into it.</param>
/// <param name="BlockPublicAccess">Whether all public access to it is blocked.</param>
internal sealed record NewBuckets(ObjectOwnership Ownership, bool BlockPublicAccess)
{
    /// <summary>The block that a new bucket gets.</summary>
    public PublicAccessBlock Block => BlockPublicAccess ? PublicAccessBlock.All : PublicAccessBlock.None;

    /// <summary>The settings of a new bucket.</summary>
    /// <param name="asked">The ownership that its creator asks for; null where it says nothing.</param>
    /// <param name="acl">Its ACL.</param>
    /// <remarks>
    /// Without the setting, who writes an object owns it: where that is what the server was told to do, a bucket gets
    /// no ownership controls, as it did with AWS while that was the rule there.
    /// </remarks>
    public BucketSettings Settings(ObjectOwnership? asked, AccessControlList acl)
    {
        var settings = BucketSettings.None;
        var ownership = asked ?? Ownership;
        if (asked is not null || ownership != ObjectOwnership.ObjectWriter)
        {
            settings = settings.With(ownership);
        }

        if (BlockPublicAccess)
        {
            settings = settings.With(BucketSetting.PublicAccessBlock, PublicAccessBlock.All.Encode());
        }

        return ownership != ObjectOwnership.BucketOwnerEnforced && acl.ToDocument() is { } document
            ? settings.With(BucketSetting.Acl, document.Bytes)
            : settings;
    }
}

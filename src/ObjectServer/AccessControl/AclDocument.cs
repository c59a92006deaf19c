using ObjectServer.Errors;
using ObjectServer.Xml;

namespace ObjectServer.AccessControl;

/// <summary>An ACL as XML.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_AccessControlPolicy.html</remarks>
internal static class AclDocument
{
    /// <summary>A hundred grants with every element that they may have are far from this.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string AccountType = "CanonicalUser";
    private const string EmailType = "AmazonCustomerByEmail";
    private const string GroupType = "Group";

    /// <summary>Reads the document of a request.</summary>
    /// <param name="document">As received.</param>
    /// <param name="ownerId">The owner of the resource: an ACL says who that is, and cannot change it.</param>
    /// <param name="accounts">Those that can be named.</param>
    /// <exception cref="S3Exception">
    /// MalformedACLError; AccessDenied: another owner; InvalidArgument, UnresolvableGrantByEmailAddress: whom a grant
    /// means is not known.
    /// </exception>
    public static AccessControlList Read(ReadOnlyMemory<byte> document, string ownerId, IAccountLookup accounts)
    {
        var policy = Parse(document);
        Demand(policy.Children.All(child => child.Name is "Owner" or "AccessControlList"));
        if (policy.Child("AccessControlList") is not { } list || policy.Child("Owner")?.Child("ID")?.Text is not { } owner)
        {
            throw Malformed();
        }

        Demand(list.Children.Count <= AclGrants.MaxCount && list.Children.All(child => child.Name == "Grant"));
        if (owner != ownerId)
        {
            throw new S3Exception(S3Errors.AccessDenied.Because(
                "The ACL names another owner than there is: an ACL hands nothing over."));
        }

        var grantees = new AclGrantees(accounts, ownerId);
        return new(ownerId, new AclGrants(list.Children.Select(grant => ReadGrant(grant, grantees))));
    }

    /// <summary>Writes the document of an answer.</summary>
    /// <remarks>
    /// The order of grants means nothing to S3. Groups come first, as those who compare the whole of an ACL expect it.
    /// </remarks>
    public static void Write(S3XmlWriter xml, AccessControlList acl, IAccountLookup accounts)
    {
        xml.Root("AccessControlPolicy");
        xml.Account("Owner", acl.OwnerId, accounts).Start("AccessControlList");
        foreach (var grant in acl.Shown.OrderBy(grant => grant.Group is null))
        {
            xml.Start("Grant");
            if (grant.Group is { } group)
            {
                StartGrantee(xml, GroupType).Element("URI", AclGroups.UriOf(group));
            }
            else
            {
                StartGrantee(xml, AccountType)
                    .Element("ID", grant.CanonicalId)
                    .Element("DisplayName", accounts.FindByCanonicalId(grant.CanonicalId!)?.DisplayName);
            }

            xml.End("Grantee").Element("Permission", AclPermissions.NameOf(grant.Permission)).End("Grant");
        }

        xml.End("AccessControlList").End("AccessControlPolicy");
    }

    /// <summary>An account: its id and, where it is known, its name.</summary>
    public static S3XmlWriter Account(
        this S3XmlWriter xml, string element, string canonicalId, IAccountLookup accounts) => xml
        .Start(element)
        .Element("ID", canonicalId)
        .Element("DisplayName", accounts.FindByCanonicalId(canonicalId)?.DisplayName)
        .End(element);

    private static S3XmlElement Parse(ReadOnlyMemory<byte> document)
    {
        try
        {
            return S3XmlReader.Parse(document, "AccessControlPolicy");
        }
        catch (S3Exception malformed) when (malformed.Error.Code == S3Errors.MalformedXML.Code)
        {
            throw new S3Exception(S3Errors.MalformedACLError, malformed);
        }
    }

    private static AclGrant ReadGrant(S3XmlElement grant, AclGrantees grantees)
    {
        Demand(grant.Children.All(child => child.Name is "Grantee" or "Permission"));
        if (grant.Child("Grantee") is not { } grantee
            || AclPermissions.Parse(grant.Child("Permission")?.Text) is not { } permission)
        {
            throw Malformed();
        }

        Demand(grantee.Children.All(child => child.Name is "ID" or "DisplayName" or "EmailAddress" or "URI"));
        return grantee.Attributes?.GetValueOrDefault("type") switch
        {
            AccountType => grantees.ById(Text("ID"), permission, "CanonicalUser/ID"),
            EmailType => grantees.ByEmail(Text("EmailAddress"), permission),
            GroupType => AclGrantees.ByUri(Text("URI"), permission, "Group/URI"),
            _ => throw Malformed(),
        };

        string Text(string element) => grantee.Child(element)?.Text ?? throw Malformed();
    }

    private static S3XmlWriter StartGrantee(S3XmlWriter xml, string type) =>
        xml.Start("Grantee", $"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{type}\"");

    private static void Demand(bool holds)
    {
        if (!holds)
        {
            throw Malformed();
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedACLError);
}

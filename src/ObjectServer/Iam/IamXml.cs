using System.Globalization;
using ObjectServer.Identity;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Iam;

/// <summary>How IAM shows what it has.</summary>
internal static class IamXml
{
    /// <summary>An instant as IAM writes it: UTC, to the second.</summary>
    public static S3XmlWriter Time(this S3XmlWriter xml, string name, DateTimeOffset? time) => xml.Element(
        name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>A policy document as IAM writes it: percent-encoded, as RFC 3986 has it.</summary>
    public static S3XmlWriter Document(this S3XmlWriter xml, string name, PolicyText policy) =>
        xml.Element(name, Uri.EscapeDataString(policy.Text));

    /// <summary>A list.</summary>
    public static S3XmlWriter List<T>(
        this S3XmlWriter xml, string name, IEnumerable<T> all, Action<S3XmlWriter, T> write)
    {
        xml.Start(name);
        foreach (var one in all)
        {
            xml.Start("member");
            write(xml, one);
            xml.End("member");
        }

        return xml.End(name);
    }

    /// <summary>A list of texts.</summary>
    public static S3XmlWriter List(this S3XmlWriter xml, string name, IEnumerable<string> all)
    {
        xml.Start(name);
        foreach (var one in all)
        {
            xml.Element("member", one);
        }

        return xml.End(name);
    }

    /// <summary>A page of a list, and whether there are more.</summary>
    public static S3XmlWriter Page<T>(
        this S3XmlWriter xml, string name, IamPage<T> page, Action<S3XmlWriter, T> write) =>
        xml.List(name, page.Members, write).More(page.Marker);

    /// <summary>A page of a list of texts, and whether there are more.</summary>
    public static S3XmlWriter Page(this S3XmlWriter xml, string name, IamPage<string> page) =>
        xml.List(name, page.Members).More(page.Marker);

    /// <summary>Whether there are more, and how to get them.</summary>
    public static S3XmlWriter More(this S3XmlWriter xml, string? marker) =>
        xml.Element("IsTruncated", marker is not null).Element("Marker", marker);

    public static S3XmlWriter Tags(this S3XmlWriter xml, IReadOnlyCollection<Tag> tags) => tags.Count == 0
        ? xml
        : xml.List("Tags", tags, Tag);

    public static void Tag(S3XmlWriter xml, Tag tag) => xml.Element("Key", tag.Key).Element("Value", tag.Value);

    /// <summary>What stands of a user in lists.</summary>
    public static void User(S3XmlWriter xml, User user) => xml
        .Element("Path", user.Path)
        .Element("UserName", user.Name)
        .Element("UserId", user.Id)
        .Element("Arn", user.Arn)
        .Time("CreateDate", user.Created);

    /// <summary>A user by itself.</summary>
    public static void UserWithTags(S3XmlWriter xml, User user)
    {
        User(xml, user);
        Boundary(xml, user.Boundary).Tags(user.Tags);
    }

    public static void Group(S3XmlWriter xml, Group group) => xml
        .Element("Path", group.Path)
        .Element("GroupName", group.Name)
        .Element("GroupId", group.Id)
        .Element("Arn", group.Arn)
        .Time("CreateDate", group.Created);

    /// <summary>What stands of a role in lists.</summary>
    public static void Role(S3XmlWriter xml, Role role) => xml
        .Element("Path", role.Path)
        .Element("RoleName", role.Name)
        .Element("RoleId", role.Id)
        .Element("Arn", role.Arn)
        .Time("CreateDate", role.Created)
        .Document("AssumeRolePolicyDocument", role.TrustPolicy)
        .Element("Description", role.Description)
        .Element("MaxSessionDuration", role.MaxSessionSeconds);

    /// <summary>A role by itself.</summary>
    public static void RoleWithTags(S3XmlWriter xml, Role role, KeyUse? used)
    {
        Role(xml, role);
        Boundary(xml, role.Boundary).Tags(role.Tags);
        RoleLastUsed(xml, used);
    }

    public static void RoleLastUsed(S3XmlWriter xml, KeyUse? used) => xml
        .Start("RoleLastUsed")
        .Time("LastUsedDate", used?.Time)
        .Element("Region", used?.Region)
        .End("RoleLastUsed");

    /// <summary>A managed policy.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="counts">How often it is used.</param>
    /// <param name="isWhole">Whether its description and tags are told, which no list does.</param>
    public static void Policy(S3XmlWriter xml, ManagedPolicy policy, PolicyCounts counts, bool isWhole)
    {
        xml.Element("PolicyName", policy.Name)
            .Element("PolicyId", policy.Id)
            .Element("Arn", policy.Arn)
            .Element("Path", policy.Path)
            .Element("DefaultVersionId", policy.Find(policy.DefaultVersion)!.Id)
            .Element("AttachmentCount", counts.Attached)
            .Element("PermissionsBoundaryUsageCount", counts.Bounding)
            .Element("IsAttachable", true);
        if (isWhole)
        {
            xml.Element("Description", policy.Description);
        }

        xml.Time("CreateDate", policy.Created).Time("UpdateDate", policy.Updated);
        if (isWhole)
        {
            xml.Tags(policy.Tags);
        }
    }

    /// <summary>A version of a managed policy.</summary>
    public static void Version(S3XmlWriter xml, ManagedPolicy policy, PolicyVersion version, bool withDocument)
    {
        if (withDocument)
        {
            xml.Document("Document", version.Document);
        }

        xml.Element("VersionId", version.Id)
            .Element("IsDefaultVersion", version.Number == policy.DefaultVersion)
            .Time("CreateDate", version.Created);
    }

    public static void Attached(S3XmlWriter xml, string arn) => xml
        .Element("PolicyName", IdentityArn.Parse(arn)?.Name)
        .Element("PolicyArn", arn);

    public static S3XmlWriter Boundary(S3XmlWriter xml, string? arn) => arn is null
        ? xml
        : xml.Start("PermissionsBoundary")
            .Element("PermissionsBoundaryType", "Policy")
            .Element("PermissionsBoundaryArn", arn)
            .End("PermissionsBoundary");
}

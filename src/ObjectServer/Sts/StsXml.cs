using System.Globalization;
using ObjectServer.Xml;

namespace ObjectServer.Sts;

/// <summary>What answers of STS have in common.</summary>
internal static class StsXml
{
    /// <summary>The credentials of a session.</summary>
    public static S3XmlWriter Credentials(this S3XmlWriter xml, Session session, string token) => xml
        .Start("Credentials")
        .Element("AccessKeyId", session.AccessKeyId)
        .Element("SecretAccessKey", session.Secret)
        .Element("SessionToken", token)
        .Element(
            "Expiration",
            session.Expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
        .End("Credentials");

    /// <summary>Who the session of a role is.</summary>
    public static S3XmlWriter AssumedRole(this S3XmlWriter xml, Session session, string roleName) => xml
        .Start("AssumedRoleUser")
        .Element("Arn", $"arn:aws:sts::{session.AccountId}:assumed-role/{roleName}/{session.Name}")
        .Element("AssumedRoleId", $"{session.PrincipalId}:{session.Name}")
        .End("AssumedRoleUser");

    /// <summary>What part of the space for policies and tags is taken; nothing where there are none.</summary>
    public static S3XmlWriter PackedSize(this S3XmlWriter xml, int percent) =>
        percent == 0 ? xml : xml.Element("PackedPolicySize", percent);
}

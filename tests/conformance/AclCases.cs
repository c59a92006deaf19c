using System.Security.Cryptography;
using System.Text;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>What tests of ACLs share.</summary>
internal static class AclCases
{
    public const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    public const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The account that owns everything.</summary>
    public static string OwnerId { get; } = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes("canonical-id:" + ServerFixture.AccountId)));

    /// <summary>A bucket of this ownership.</summary>
    public static async Task<ScratchBucket> NewBucketAsync(
        this ServerFixture server, ObjectOwnership ownership, VersionStatus? versioning = null)
    {
        var bucket = await ScratchBucket.CreateAsync(server, versioning);
        await bucket.S3.PutBucketOwnershipControlsAsync(
            new()
            {
                BucketName = bucket.Name,
                OwnershipControls = new() { Rules = [new() { ObjectOwnership = ownership }] },
            },
            Cancellation);
        return bucket;
    }

    /// <summary>The ACL of a bucket, or of an object: one line for each grant.</summary>
    public static async Task<string[]> ReadAclAsync(this ScratchBucket bucket, string key = "", string? versionId = null)
    {
        var answer = await bucket.SendAsync(
            "GET", key, query: versionId is null ? [("acl", "")] : [("acl", ""), ("versionId", versionId)]);
        answer.AssertOk();
        Assert.Equal(OwnerId, answer.Element("ID"));
        return [.. Grants(answer.Text)];
    }

    /// <summary>Sends a document with its digest.</summary>
    public static Task<RawAnswer> SendDocumentAsync(
        this ScratchBucket bucket,
        string key,
        string subresource,
        string document,
        params (string Name, string Value)[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        return bucket.SendAsync(
            "PUT", key, bytes, [(subresource, "")],
            [("Content-MD5", Convert.ToBase64String(MD5.HashData(bytes))), .. headers]);
    }

    /// <summary>An ACL of the owner with these grants.</summary>
    public static string Document(params string[] grants) => Document(OwnerId, grants);

    public static string Document(string owner, string[] grants) =>
        "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + $"<Owner><ID>{owner}</ID></Owner><AccessControlList>{string.Concat(grants)}</AccessControlList>"
        + "</AccessControlPolicy>";

    /// <summary>A grant to an account.</summary>
    public static string ToAccount(string id, string permission) => Grant("CanonicalUser", $"<ID>{id}</ID>", permission);

    /// <summary>A grant to a group.</summary>
    public static string ToGroup(string uri, string permission) => Grant("Group", $"<URI>{uri}</URI>", permission);

    public static string Grant(string type, string grantee, string permission) =>
        $"<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{type}\">{grantee}</Grantee>"
        + $"<Permission>{permission}</Permission></Grant>";

    private static IEnumerable<string> Grants(string document) =>
        from grant in System.Xml.Linq.XDocument.Parse(document).Descendants()
        where grant.Name.LocalName == "Grant"
        let grantee = grant.Elements().Single(element => element.Name.LocalName == "Grantee")
        let name = grantee.Elements().Last().Value
        select $"{name[(name.LastIndexOf('/') + 1)..]} {grant.Elements().Last().Value}";
}

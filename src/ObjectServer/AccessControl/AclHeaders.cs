using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;

namespace ObjectServer.AccessControl;

/// <summary>What the headers of a request say of an ACL: one by its name, or grants, or nothing.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#setting-acls</remarks>
internal sealed class AclHeaders
{
    private static readonly AclHeaders Nothing = new(null, []);

    private readonly IReadOnlyList<(AclPermission Permission, string Text)> _grants;

    private AclHeaders(string? canned, IReadOnlyList<(AclPermission Permission, string Text)> grants)
    {
        Canned = canned;
        _grants = grants;
    }

    /// <summary>The name in <c>x-amz-acl</c>; null where there is none.</summary>
    public string? Canned { get; }

    /// <summary>Whether they say anything.</summary>
    public bool AreThere => Canned is not null || _grants.Count > 0;

    /// <summary>Whether they give something to one account alone, by the name of an ACL or by its canonical id.</summary>
    /// <param name="bucketOwnerId">The account that owns the bucket.</param>
    public bool FavorOnly(string bucketOwnerId) => Canned switch
    {
        null => _grants.All(grant => IsId(grant.Text, bucketOwnerId)),
        CannedAcl.BucketOwnerRead or CannedAcl.BucketOwnerFullControl => true,
        _ => false,
    };

    /// <summary>Reads the headers. What they name is not looked up yet.</summary>
    /// <exception cref="S3Exception">InvalidRequest: a name and grants at once.</exception>
    public static AclHeaders Read(IHeaderDictionary headers)
    {
        var canned = headers.TryGetValue(CannedAcl.Header, out var name) ? name.ToString() : null;
        List<(AclPermission Permission, string Text)>? grants = null;
        foreach (var permission in AclPermissions.All)
        {
            if (headers.TryGetValue(AclPermissions.HeaderOf(permission), out var values))
            {
                (grants ??= []).Add((permission, string.Join(',', values.ToArray())));
            }
        }

        return canned is null && grants is null ? Nothing
            : canned is null || grants is null ? new(canned, grants ?? [])
            : throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "Specifying both Canned ACLs and Header Grants is not allowed"));
    }

    /// <summary>The grants that the headers make.</summary>
    /// <exception cref="S3Exception">
    /// InvalidArgument, UnresolvableGrantByEmailAddress: whom one of them means is not known; MalformedACLError: too many.
    /// </exception>
    public AclGrants ReadGrants(AclGrantees grantees)
    {
        var grants = new List<AclGrant>();
        foreach (var (permission, text) in _grants)
        {
            var rest = text.AsSpan();
            do
            {
                grants.Add(ReadGrant(permission, text, ref rest, grantees));
            }
            while (!rest.IsEmpty);
        }

        return grants.Count <= AclGrants.MaxCount ? new(grants) : throw new S3Exception(S3Errors.MalformedACLError);
    }

    /// <summary>Takes one grantee, <c>kind="value"</c>, and the comma after it. The quotes may be missing.</summary>
    private static AclGrant ReadGrant(
        AclPermission permission, string text, ref ReadOnlySpan<char> rest, AclGrantees grantees)
    {
        var header = AclPermissions.HeaderOf(permission);
        var equals = rest.IndexOf('=');
        if (equals < 0)
        {
            throw Unrecognized(header, text);
        }

        var kind = rest[..equals].Trim();
        rest = rest[(equals + 1)..].TrimStart();
        var isQuoted = rest is ['"', ..];
        rest = isQuoted ? rest[1..] : rest;
        var end = rest.IndexOf(isQuoted ? '"' : ',');
        if (isQuoted && end < 0)
        {
            throw Unrecognized(header, text);
        }

        var value = (end < 0 ? rest : rest[..end]).Trim().ToString();
        rest = end < 0 ? [] : rest[(isQuoted ? end + 1 : end)..].TrimStart();
        if (rest is [var separator, ..])
        {
            rest = rest[1..].TrimStart();
            if (separator != ',' || rest.IsEmpty)
            {
                throw Unrecognized(header, text);
            }
        }

        return kind switch
        {
            _ when kind.Equals("id", StringComparison.OrdinalIgnoreCase) => grantees.ById(value, permission, header),
            _ when kind.Equals("emailAddress", StringComparison.OrdinalIgnoreCase) =>
                grantees.ByEmail(value, permission),
            _ when kind.Equals("uri", StringComparison.OrdinalIgnoreCase) =>
                AclGrantees.ByUri(value, permission, header),
            _ => throw Unrecognized(header, text),
        };
    }

    private static bool IsId(string grant, string canonicalId) =>
        grant.StartsWith("id=", StringComparison.OrdinalIgnoreCase)
        && grant.AsSpan("id=".Length).Trim('"').SequenceEqual(canonicalId);

    private static S3Exception Unrecognized(string header, string text) => new(S3Errors.InvalidArgument
        .Saying("Argument format not recognized")
        .With("ArgumentName", header)
        .With("ArgumentValue", text));
}

using ObjectServer.AccessControl;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations;

/// <summary>The ACL that a request to replace one brings: in its headers or in its body, never in both.</summary>
internal sealed class SentAcl
{
    private readonly AclHeaders _headers;
    private readonly ReadOnlyMemory<byte> _document;
    private readonly IAccountLookup _accounts;

    private SentAcl(AclHeaders headers, ReadOnlyMemory<byte> document, IAccountLookup accounts)
    {
        _headers = headers;
        _document = document;
        _accounts = accounts;
    }

    /// <summary>Takes it from the request.</summary>
    /// <exception cref="S3Exception">
    /// UnexpectedContent: in both; MissingSecurityHeader: in neither.
    /// </exception>
    public static async ValueTask<SentAcl> ReadAsync(
        S3Request request, IAccountLookup accounts, CancellationToken cancellation)
    {
        var headers = AclHeaders.Read(request.Headers);
        // The model asks for a checksum; AWS takes a list without one, and s3cmd sends it so with every copy.
        var document = await request.Body.ReadDocumentAsync(AclDocument.MaxBytes, checksumRequired: false, cancellation);
        return (headers.AreThere, document.IsEmpty) switch
        {
            (true, false) => throw new S3Exception(S3Errors.UnexpectedContent),
            (false, true) => throw new S3Exception(
                S3Errors.MissingSecurityHeader.With("MissingHeaderName", CannedAcl.Header)),
            _ => new(headers, document, accounts),
        };
    }

    /// <summary>The ACL of a bucket.</summary>
    /// <exception cref="S3Exception">What the readers of headers and documents refuse.</exception>
    public AccessControlList ForBucket(string ownerId) =>
        _headers.Canned is { } canned ? CannedAcl.ForBucket(canned, ownerId) : Granted(ownerId);

    /// <summary>The ACL of an object.</summary>
    /// <exception cref="S3Exception">What the readers of headers and documents refuse.</exception>
    public AccessControlList ForObject(string ownerId, string bucketOwnerId) =>
        _headers.Canned is { } canned ? CannedAcl.ForObject(canned, ownerId, bucketOwnerId) : Granted(ownerId);

    /// <summary>Refuses whatever does not hold anyway in a bucket without ACLs.</summary>
    /// <exception cref="S3Exception">AccessControlListNotSupported; what the readers refuse.</exception>
    public void CheckDisabled(string bucketOwnerId)
    {
        if (_headers.AreThere)
        {
            DisabledAcls.Check(_headers, new AclGrantees(_accounts, bucketOwnerId), bucketOwnerId);
        }
        else
        {
            DisabledAcls.Check(AclDocument.Read(_document, bucketOwnerId, _accounts).Grants, bucketOwnerId);
        }
    }

    private AccessControlList Granted(string ownerId) => _headers.AreThere
        ? new(ownerId, _headers.ReadGrants(new AclGrantees(_accounts, ownerId)))
        : AclDocument.Read(_document, ownerId, _accounts);
}

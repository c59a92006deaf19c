using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}: creates a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html</remarks>
internal sealed class CreateBucket(BucketStore buckets, AccessRules rules, string region) : S3Operation
{
    private const int MaxXmlBytes = 256 * 1024;
    private const string LockHeader = "x-amz-bucket-object-lock-enabled";

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket);

    public override bool NeedsBucket => false;

    /// <summary>A policy may ask for which region.</summary>
    public override bool AuthorizesItself => true;

    public override bool IsDecidedByDocument => true;

    public override TakenHeaders Takes => TakenHeaders.Acl | TakenHeaders.Ownership;

    public override S3Action ActionFor(S3Target target) => S3Action.CreateBucket;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket)
    {
        if (AclHeaders.Read(headers).AreThere)
        {
            yield return S3Action.PutBucketAcl;
        }

        if (headers.ContainsKey(OwnershipControls.Header))
        {
            yield return S3Action.PutBucketOwnershipControls;
        }

        if (headers.ContainsKey(LockHeader))
        {
            yield return S3Action.PutBucketObjectLockConfiguration;
            yield return S3Action.PutBucketVersioning;
        }
    }

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxXmlBytes, checksumRequired: false, cancellation);
        var (constraint, tags) = ReadConfiguration(document);
        var name = request.Target.Bucket!;
        await DemandAsync(request, name, constraint, tags, cancellation);
        if (CheckName(name, request) is { } badName)
        {
            return badName;
        }

        if (LocationConstraint.Judge(constraint, region) is { } badRegion)
        {
            return badRegion;
        }

        var ownership = ReadOwnership(request);
        var acl = ReadAcl(request, ownership ?? rules.NewBuckets.Ownership);
        var ownerId = request.Caller.CanonicalId;
        var outcome = await buckets.CreateAsync(
            name,
            ownerId,
            region,
            ReadObjectLock(request),
            tags,
            rules.NewBuckets.Settings(ownership, acl),
            cancellation);
        if (!outcome.Created && outcome.Bucket.OwnerId != ownerId)
        {
            return S3Errors.BucketAlreadyExists;
        }

        // In its first region S3 lets an owner create a bucket again, which changes nothing but its ACL.
        if (!outcome.Created && region != LocationConstraint.FirstRegion)
        {
            return S3Errors.BucketAlreadyOwnedByYou;
        }

        if (!outcome.Created)
        {
            await ResetAclAsync(outcome.Bucket, acl, cancellation);
        }

        return S3Response.Empty().With("Location", $"/{name}").With("x-amz-bucket-arn", $"arn:aws:s3:::{name}");
    }

    /// <summary>Gives a bucket that is there the ACL that its creation anew asks for.</summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: "BucketAlreadyOwnedByYou".</remarks>
    private async ValueTask ResetAclAsync(BucketRecord bucket, AccessControlList acl, CancellationToken cancellation)
    {
        if (AccessControlList.Of(bucket) != acl)
        {
            await buckets.UpdateAsync(bucket.Name, Reset, cancellation);
        }

        BucketRecord Reset(BucketRecord there)
        {
            if (there.OwnerId != acl.OwnerId || OwnershipControls.AreAclsDisabled(there))
            {
                return there;
            }

            if (acl.IsPublic && rules.Blocks.On(there).BlockPublicAcls)
            {
                throw new S3Exception(PublicAccessBlock.RefusesAcl);
            }

            return there with
            {
                Settings = acl.ToDocument() is { } document
                    ? there.Settings.With(BucketSetting.Acl, document.Bytes)
                    : there.Settings.Without(BucketSetting.Acl),
            };
        }
    }

    /// <summary>Null where the request says nothing of it.</summary>
    private static ObjectOwnership? ReadOwnership(S3Request request) =>
        request.Header(OwnershipControls.Header) is not { } name ? null
        : OwnershipControls.Parse(name) ?? throw new S3Exception(
            Invalid(OwnershipControls.Header, name).Saying($"Invalid {OwnershipControls.Header} header: {name}"));

    /// <summary>The ACL that the headers ask for; the owner's alone where they ask for none.</summary>
    private AccessControlList ReadAcl(S3Request request, ObjectOwnership ownership)
    {
        var ownerId = request.Caller.CanonicalId;
        var asked = AclHeaders.Read(request.Headers);
        var acl = asked switch
        {
            { AreThere: false } => new AccessControlList(ownerId, null),
            { Canned: { } canned } => CannedAcl.ForBucket(canned, ownerId),
            _ => new(ownerId, asked.ReadGrants(new AclGrantees(rules.Accounts, ownerId))),
        };
        var refusal =
            ownership == ObjectOwnership.BucketOwnerEnforced && !acl.IsOwnersAlone
                ? S3Errors.InvalidBucketAclWithObjectOwnership
            : acl.IsPublic && rules.Blocks.Of(ownerId).BlockPublicAcls ? PublicAccessBlock.RefusesAcl
            : acl.IsPublic && rules.NewBuckets.BlockPublicAccess ? S3Errors.InvalidBucketAclWithBlockPublicAccessError
            : null;
        return refusal is null ? acl : throw new S3Exception(refusal);
    }

    /// <summary>Names by AWS's rules, and in a namespace of the account's own also by those of that.</summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html</remarks>
    private S3Error? CheckName(string name, S3Request request)
    {
        var suffix = request.Header("x-amz-bucket-namespace") switch
        {
            null or "global" => "",
            "account-regional" => $"-{request.Caller.AccountId}-{region}-an",
            var other => throw new S3Exception(Invalid("x-amz-bucket-namespace", other)),
        };
        var hasSuffix = name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal);
        return hasSuffix && BucketName.IsValid(name)
            ? null
            : S3Errors.InvalidBucketName.With("BucketName", name);
    }

    private async ValueTask DemandAsync(
        S3Request request, string name, string? constraint, ImmutableArray<Tag> tags, CancellationToken cancellation)
    {
        var target = new AccessTarget(name, Bucket: null, Key: null, VersionId: null);
        var details = new AccessDetails { LocationConstraint = constraint, Tags = tags };
        await request.Access.DemandAsync(S3Action.CreateBucket, target, details, cancellation);
        foreach (var further in FurtherActionsFor(request.Target, request.Headers, bucket: null))
        {
            await request.Access.DemandAsync(further, target, details, cancellation);
        }

        if (!tags.IsEmpty)
        {
            await request.Access.DemandAsync(S3Action.PutBucketTagging, target, details, cancellation);
        }
    }

    private static bool ReadObjectLock(S3Request request) => request.Header(LockHeader) is { } value
        && (bool.TryParse(value, out var enabled) ? enabled : throw new S3Exception(Invalid(LockHeader, value)));

    /// <exception cref="S3Exception">
    /// MalformedXML; NotImplemented for what belongs to directory buckets; InvalidTag; BadRequest.
    /// </exception>
    private static (string? Constraint, ImmutableArray<Tag> Tags) ReadConfiguration(ReadOnlyMemory<byte> document)
    {
        if (document.IsEmpty)
        {
            return (null, []);
        }

        var configuration = S3XmlReader.Parse(document, "CreateBucketConfiguration");
        foreach (var child in configuration.Children)
        {
            switch (child.Name)
            {
                case "LocationConstraint" or "Tags":
                    break;
                case "Location" or "Bucket":
                    throw new S3Exception(S3Errors.NotImplemented
                        .Saying("Directory buckets are not implemented.")
                        .With("Element", child.Name));
                default:
                    throw new S3Exception(S3Errors.MalformedXML);
            }
        }

        return (
            configuration.Child("LocationConstraint")?.Text,
            configuration.Child("Tags") is { } tags ? TagSets.Read(tags, TagRules.Bucket) : []);
    }

    private static S3Error Invalid(string header, string value) =>
        S3Errors.InvalidArgument.With("ArgumentName", header).With("ArgumentValue", value);
}

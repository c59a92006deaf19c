using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Forms;
using ObjectServer.Operations.Locking;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>
/// POST /{bucket} with a form: a browser's upload, allowed by a policy that someone signed beforehand.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html</remarks>
internal sealed class PostObject(
    ObjectStore objects, Authenticator authenticator, AccessRules rules, LifecycleCalendar calendar) : S3Operation
{
    private const string FileName = "${filename}";

    /// <summary>Fields that ask for what this server does not do; to ignore one would be to promise it.</summary>
    private static readonly string[] Unserved = ["x-amz-server-side-encryption"];

    public override S3Route Route { get; } =
        new(HttpMethods.Post, TargetKind.Bucket) { ContentType = "multipart/form-data" };

    public override bool AuthorizesItself => true;

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (request.Body.Length is null)
        {
            return S3Errors.MissingContentLength;
        }

        // 1. The fields, and who signed them.
        var form = new FormReader(request.Body, request.Headers.ContentType);
        var upload = Upload.Read(await form.ReadFieldsAsync(cancellation));
        var signed = authenticator.AuthenticateForm(upload.Fields);
        var access = request.Access.For(
            signed.Caller, request.Access.Facts with { Headers = upload.Headers, AuthType = signed.AuthType });
        await DemandAsync(access, request.Bucket, upload, cancellation);

        // 2. What the signer allows.
        // A form without a policy and without a signature is anybody's, where the bucket takes it from anybody.
        var policy = upload.Fields.GetValueOrDefault("policy") is { } document ? PostPolicy.Parse(document) : null;
        var judged = new Dictionary<string, string>(upload.Fields, StringComparer.OrdinalIgnoreCase)
        {
            ["bucket"] = request.Bucket.Name,
        };
        if ((policy?.Judge(judged, request.Now) ?? JudgeUnserved(upload.Fields)) is { } refusal)
        {
            return refusal;
        }

        var owned = rules.OfWrite(upload.Headers, request.Bucket, signed.Caller.CanonicalId);

        var wanted = WantedLock.Read(upload.Headers, request.Bucket, request.Now);
        var declared = DeclaredDigests.Read(upload.Headers, PayloadMode.Unsigned);
        if (wanted.DemandsDigest(request.Bucket) && !declared.SatisfyRequirement)
        {
            return ObjectLock.MissingDigest("Post Object");
        }

        // 3. The file.
        var algorithm = declared.Algorithm ?? upload.Checksum ?? ContentHashes.DefaultAlgorithm;
        await using var content = await objects.BeginContentAsync(
            upload.Described.StorageClass, expectedLength: null, cancellation);
        await using var intake = request.Body.BeginIntake(
            content.WriteAsync, algorithm, needsSha256: false, expectedLength: null);
        var (min, max) = policy?.FileLength() ?? (0, PutObject.MaxBytes);
        max = Math.Min(max, PutObject.MaxBytes);
        await form.CopyFileAsync(
            (bytes, stop) => intake.Length + bytes.Length > max
                ? throw TooLarge(intake.Length + bytes.Length, max)
                : intake.AppendAsync(bytes, stop),
            cancellation);
        if (intake.Length < min)
        {
            return S3Errors.EntityTooSmall.With("ProposedSize", Text(intake.Length)).With("MinSizeAllowed", Text(min));
        }

        var digests = await intake.FinishAsync(cancellation);
        declared.Verify(digests, trailer: null);

        // 4. The object.
        var written = upload.Make(owned, digests, algorithm) with
        {
            Retention = wanted.Retention,
            LegalHold = wanted.LegalHold,
        };
        var outcome = await objects.PutAsync(request.Bucket, written, content, cancellation);
        return outcome is WriteOutcome.Written { Version: var version }
            ? upload.Answer(request, version).WithExpiration(request.Bucket, version, calendar)
            : WriteAnswers.RefusalOf(outcome, request.Bucket, upload.Key);
    }

    private static async ValueTask DemandAsync(
        S3Access access, BucketRecord bucket, Upload upload, CancellationToken cancellation)
    {
        var target = AccessTarget.Of(bucket, upload.Key);
        var details = new AccessDetails { Tags = upload.Described.Tags };
        await access.DemandAsync(S3Action.PutObject, target, details, cancellation);
        if (upload.Fields.ContainsKey("tagging"))
        {
            await access.DemandAsync(S3Action.PutObjectTagging, target, details, cancellation);
        }

        if (upload.Fields.ContainsKey(WantedLock.ModeHeader) || upload.Fields.ContainsKey(WantedLock.UntilHeader))
        {
            await access.DemandAsync(S3Action.PutObjectRetention, target, details, cancellation);
        }

        if (upload.Fields.ContainsKey(WantedLock.HoldHeader))
        {
            await access.DemandAsync(S3Action.PutObjectLegalHold, target, details, cancellation);
        }

        if (WriteDemands.AsksForAcl(upload.Headers, bucket))
        {
            await access.DemandAsync(WriteDemands.FirstAcl, target, details, cancellation);
        }
    }

    private static S3Error? JudgeUnserved(IReadOnlyDictionary<string, string> fields)
    {
        var unserved = fields.Keys.FirstOrDefault(name =>
            Unserved.Any(family => name.StartsWith(family, StringComparison.OrdinalIgnoreCase)));
        return unserved is null ? null : S3Errors.NotImplemented.With("Header", unserved);
    }

    private static S3Exception TooLarge(long proposed, long max) => new(S3Errors.EntityTooLarge
        .With("ProposedSize", Text(proposed))
        .With("MaxSizeAllowed", Text(max)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the fields of the form ask for.</summary>
    private sealed record Upload
    {
        /// <summary>As sent, with the file's name put where it belongs.</summary>
        public required Dictionary<string, string> Fields { get; init; }

        /// <summary>The same, as the readers of headers take them.</summary>
        public required IHeaderDictionary Headers { get; init; }

        public required ObjectKey Key { get; init; }

        public required ObjectHeaders Described { get; init; }

        /// <summary>The algorithm that the form names; null where it names none.</summary>
        public required ChecksumAlgorithm? Checksum { get; init; }

        /// <summary>Reads the fields.</summary>
        /// <exception cref="S3Exception">
        /// UserKeyMustBeSpecified, KeyTooLongError, InvalidURI; what the readers of headers and tags refuse.
        /// </exception>
        public static Upload Read(FormFields form)
        {
            var fields = form.Values.ToDictionary(
                field => field.Key,
                field => IsSigned(field.Key)
                    ? field.Value
                    : field.Value.Replace(FileName, form.FileName, StringComparison.Ordinal),
                StringComparer.OrdinalIgnoreCase);
            if (!fields.TryGetValue("key", out var key) || key.Length == 0)
            {
                throw new S3Exception(S3Errors.UserKeyMustBeSpecified);
            }

            if (Encoding.UTF8.GetByteCount(key) > ObjectKey.MaxBytes)
            {
                throw new S3Exception(S3Errors.KeyTooLongError);
            }

            if (key.Contains('\0', StringComparison.Ordinal))
            {
                throw new S3Exception(S3Errors.InvalidURI);
            }

            var headers = new HeaderDictionary();
            foreach (var (name, value) in fields)
            {
                headers[name] = value;
            }

            if (fields.TryGetValue("acl", out var acl))
            {
                headers[CannedAcl.Header] = acl;
            }

            return new()
            {
                Fields = fields,
                Headers = headers,
                Key = ObjectKey.Parse(key),
                Described = ObjectHeaders.Read(headers) with { Tags = ReadTags(fields) },
                Checksum = fields.TryGetValue("x-amz-checksum-algorithm", out var algorithm)
                    ? ChecksumNames.ParseAlgorithm(algorithm)
                    : null,
            };
        }

        public NewObject Make(ObjectAccess owned, ContentDigests digests, ChecksumAlgorithm algorithm) => new()
        {
            Key = Key,
            ETag = Convert.ToHexStringLower(digests.Md5),
            OwnerId = owned.OwnerId,
            Acl = owned.Acl,
            StorageClass = Described.StorageClass,
            Metadata = Described.Metadata,
            Tags = Described.Tags,
            Checksum = new(algorithm, ChecksumType.FullObject, digests.Checksum),
        };

        /// <summary>A redirect where one was asked for that can be followed; else the status asked for.</summary>
        public S3Response Answer(S3Request request, ObjectVersion made)
        {
            var eTag = EntityTags.Quote(made.ETag);
            var location = ObjectLocation.Of(request, Key);
            var redirect = Redirect(request.Bucket.Name, eTag);
            var status = redirect is not null ? "303" : Fields.GetValueOrDefault("success_action_status", "");
            var response = status switch
            {
                "303" => S3Response.Empty(303),
                "200" => S3Response.Empty(),
                "201" => S3Response.Xml(
                    xml => xml.Start("PostResponse")
                        .Element("Location", location)
                        .Element("Bucket", request.Bucket.Name)
                        .Element("Key", Key.ToString())
                        .Element("ETag", eTag)
                        .End("PostResponse"),
                    201),
                _ => S3Response.Empty(204),
            };
            return response
                .With("ETag", eTag)
                .With("Location", redirect ?? location)
                .WithChecksum(made.Checksum, made.PartCount)
                .WithNewVersion(made);
        }

        private string? Redirect(string bucket, string eTag)
        {
            var asked = Fields.GetValueOrDefault("success_action_redirect") ?? Fields.GetValueOrDefault("redirect");
            if (!Uri.TryCreate(asked, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                return null;
            }

            var query = $"bucket={Escape(bucket)}&key={Escape(Key.ToString())}&etag={Escape(eTag)}";
            var separator = uri.Query.Length > 1 ? "&" : "?";
            return uri.GetLeftPart(UriPartial.Query).TrimEnd('?') + separator + query + uri.Fragment;
        }

        private static string Escape(string text) => PercentEncoding.EncodeQuery(text);

        /// <summary>A form brings its tags as a document, not as a header.</summary>
        private static ImmutableArray<Tag> ReadTags(Dictionary<string, string> fields) =>
            fields.TryGetValue("tagging", out var document)
                ? TagSets.ParseDocument(Encoding.UTF8.GetBytes(document), TagRules.Object)
                : [];

        /// <summary>The policy and what signs it stay as they are.</summary>
        private static bool IsSigned(string name) =>
            name.Equals("policy", StringComparison.OrdinalIgnoreCase)
            || name.Equals("x-amz-signature", StringComparison.OrdinalIgnoreCase);
    }
}

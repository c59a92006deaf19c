using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Objects;

/// <summary>POST /{bucket}?delete: deletes up to a thousand objects or versions and tells how each one went.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html</remarks>
internal sealed class DeleteObjects(ObjectStore objects) : S3Operation
{
    private const int MaxKeys = 1000;

    /// <summary>Room for a thousand keys of the longest kind, every byte of them written as an entity.</summary>
    private const int MaxDocumentBytes = 8 * 1024 * 1024;

    /// <summary>Deletions under way at once: enough to share their syncs, few enough to leave others room.</summary>
    private const int MaxConcurrent = 64;

    public override S3Route Route { get; } = new(HttpMethods.Post, TargetKind.Bucket) { Subresource = "delete" };

    /// <summary>Each key is allowed or refused by itself.</summary>
    public override bool AuthorizesItself => true;

    public override S3Action ActionFor(S3Target target) => S3Action.DeleteObject;

    public override TakenHeaders Takes => TakenHeaders.Factor;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxDocumentBytes, checksumRequired: true, cancellation);
        var (entries, isQuiet) = Read(document);
        var bypasses = ObjectLock.BypassesGovernance(request.Headers);

        // A factor that lacks or fails refuses the whole request, also for keys that need none.
        var isFactorNeeded = MfaDelete.Is(request.Bucket) && entries.Any(entry => entry.VersionId is not null);
        if (await request.Access.JudgeFactorAsync(request.Bucket, isFactorNeeded, cancellation) is { } refusal)
        {
            return refusal;
        }

        var results = new Result[entries.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, entries.Length),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrent, CancellationToken = cancellation },
            async (at, stop) => results[at] = await DeleteAsync(request, entries[at], bypasses, stop));

        return S3Response.Xml(xml =>
        {
            xml.Root("DeleteResult");
            foreach (var result in results)
            {
                Write(xml, result, isQuiet);
            }

            xml.End("DeleteResult");
        });
    }

    private async ValueTask<Result> DeleteAsync(
        S3Request request, Entry entry, bool bypasses, CancellationToken cancellation)
    {
        if (Judge(request, entry) is { } refusal)
        {
            return new(entry, refusal, Done: null);
        }

        var bucket = request.Bucket;
        var key = ObjectKey.Parse(entry.Key);
        var versionId = entry.VersionId is null ? (VersionId?)null : VersionId.Parse(entry.VersionId);
        var action = versionId is null ? S3Action.DeleteObject : S3Action.DeleteObjectVersion;
        var target = AccessTarget.Of(bucket, key, versionId);
        if (await request.Access.JudgeAsync(action, target, AccessDetails.None, cancellation) is null)
        {
            return new(entry, request.Access.Refusal(action, target), Done: null);
        }

        var bypass = S3Action.BypassGovernanceRetention;
        if (bypasses && await request.Access.JudgeAsync(bypass, target, AccessDetails.None, cancellation) is null)
        {
            return new(entry, request.Access.Refusal(bypass, target), Done: null);
        }

        var outcome = await objects.DeleteAsync(
            bucket,
            key,
            versionId,
            request.Caller.CanonicalId,
            entry.Conditions,
            bypasses,
            cancellation);
        return outcome switch
        {
            DeleteOutcome.Deleted deleted => new(entry, Refusal: null, deleted),
            DeleteOutcome.NoSuchBucket => new(entry, S3Errors.NoSuchBucket, Done: null),
            DeleteOutcome.PreconditionFailed => new(entry, S3Errors.PreconditionFailed, Done: null),
            DeleteOutcome.Protected => new(entry, ObjectLock.Protected, Done: null),
            _ => throw new InvalidOperationException($"{outcome} is no outcome of a deletion."),
        };
    }

    /// <summary>The refusal of an entry that cannot be deleted whatever the store holds.</summary>
    private static S3Error? Judge(S3Request request, Entry entry)
    {
        if (Encoding.UTF8.GetByteCount(entry.Key) > ObjectKey.MaxBytes)
        {
            return S3Errors.KeyTooLongError;
        }

        if (entry.VersionId is null)
        {
            return null;
        }

        var versionId = VersionId.Parse(entry.VersionId);
        var isUnknown = !ObjectStore.CouldExist(versionId)
            || (request.Bucket.Versioning is VersioningState.Unversioned && !versionId.IsNull);
        return isUnknown ? S3Errors.NoSuchVersion : null;
    }

    private static (Entry[] Entries, bool IsQuiet) Read(ReadOnlyMemory<byte> document)
    {
        var root = S3XmlReader.Parse(document, "Delete");
        Entry[] entries = [.. root.All("Object").Select(ReadEntry)];
        var quiet = root.Child("Quiet")?.Text.Trim() ?? "false";
        return entries.Length is >= 1 and <= MaxKeys && bool.TryParse(quiet, out var isQuiet)
            ? (entries, isQuiet)
            : throw Malformed();
    }

    private static Entry ReadEntry(S3XmlElement element)
    {
        var key = element.Child("Key")?.Text;
        if (string.IsNullOrEmpty(key) || key.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(key))
        {
            throw Malformed();
        }

        return new(key, element.Child("VersionId")?.Text is { Length: > 0 } versionId ? versionId : null)
        {
            Conditions = new()
            {
                IfMatch = EntityTags.ParseStrong(element.Child("ETag")?.Text),
                IfLastModified = element.Child("LastModifiedTime")?.Text is not { } time ? null
                    : HttpDates.TryParseAny(time, out var modified) ? modified
                    : throw Malformed(),
                IfSize = element.Child("Size")?.Text is not { } text ? null
                    : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
                    : throw Malformed(),
            },
        };
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !char.IsSurrogatePair(text, at++))
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(S3XmlWriter xml, Result result, bool isQuiet)
    {
        var (key, versionId) = result.Entry;
        if (result.Refusal is { } refusal)
        {
            xml.Start("Error")
                .Element("Key", key)
                .Element("VersionId", versionId)
                .Element("Code", refusal.Code)
                .Element("Message", refusal.Message)
                .End("Error");
        }
        else if (!isQuiet)
        {
            xml.Start("Deleted").Element("Key", key).Element("VersionId", versionId);
            if (result.Done is { IsDeleteMarker: true } marker)
            {
                xml.Element("DeleteMarker", true).Element("DeleteMarkerVersionId", marker.VersionId?.ToString());
            }

            xml.End("Deleted");
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);

    /// <summary>What is to be deleted.</summary>
    private sealed record Entry(string Key, string? VersionId)
    {
        public WriteConditions Conditions { get; init; } = WriteConditions.None;
    }

    /// <summary>How it went.</summary>
    private readonly record struct Result(Entry Entry, S3Error? Refusal, DeleteOutcome.Deleted? Done);
}

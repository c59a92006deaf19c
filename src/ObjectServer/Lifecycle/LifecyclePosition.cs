using System.Text.Json;
using System.Text.Json.Serialization;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>How far a pass over the store has come: enough to go on with it after a restart.</summary>
/// <param name="Began">When it began: what is due by then is done by it.</param>
/// <param name="Bucket">The bucket that it is in, or was in last; empty before the first.</param>
/// <param name="After">The key after which to go on there; empty for the first. Behind all keys come the uploads.</param>
/// <param name="IsOver">Whether it is over.</param>
internal sealed record LifecyclePosition(DateTimeOffset Began, string Bucket, byte[] After, bool IsOver)
{
    /// <summary>The id of the bucket: another of its name is begun with from the first key on. 0 where it is not known.</summary>
    public ulong BucketId { get; init; }

    /// <summary>The name of the document that says it.</summary>
    private const string Document = "lifecycle/pass";

    /// <summary>The beginning of a pass.</summary>
    public static LifecyclePosition Begin(DateTimeOffset time) => new(time, "", [], IsOver: false);

    /// <summary>What was kept last; null where nothing ever was.</summary>
    /// <exception cref="JsonException">What is kept is no such document.</exception>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    public static async ValueTask<LifecyclePosition?> LoadAsync(DocumentStore store, CancellationToken cancellation)
    {
        var reading = await store.ReadAsync(Document, cancellation);
        return reading.Exists
            ? JsonSerializer.Deserialize(reading.Bytes.Span, LifecycleJson.Default.LifecyclePosition)
            : null;
    }

    /// <summary>
    /// Keeps it. Where two processes make a pass over one store, the later one to write is gone on with: what is done twice
    /// finds itself done.
    /// </summary>
    /// <returns>False: there is no room for it. A pass needs none; without it, a restart does more of it twice.</returns>
    public async ValueTask<bool> TrySaveAsync(DocumentStore store, CancellationToken cancellation)
    {
        try
        {
            await store.CommitAsync(
                new DocumentBatch().Put(
                    Document, JsonSerializer.SerializeToUtf8Bytes(this, LifecycleJson.Default.LifecyclePosition)),
                cancellation);
            return true;
        }
        catch (StoreUnavailableException refused) when (refused.Reason
            is UnavailableReason.DiskNearlyFull or UnavailableReason.Overloaded)
        {
            return false;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LifecyclePosition))]
[JsonSerializable(typeof(PreviewedAction))]
internal sealed partial class LifecycleJson : JsonSerializerContext;

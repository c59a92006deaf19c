using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>When, for what and where an access key or a role was last used.</summary>
internal sealed record KeyUse(DateTimeOffset Time, string Service, string Region);

/// <summary>
/// When access keys and roles were last used, to the minute. In memory while the server runs, written now and then and
/// at the end: what a crash loses are the last few minutes of it, and no request waits for it.
/// </summary>
internal sealed class KeyUses
{
    /// <summary>What the names of the documents begin with; after it comes the id of the key or role.</summary>
    private const string Prefix = "key-use/";

    private const int PageDocuments = 1000;

    /// <summary>How often what is new is written.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly DocumentStore _store;
    private readonly ConcurrentDictionary<string, KeyUse> _uses = new(StringComparer.Ordinal);

    /// <summary>What was written last of each.</summary>
    private readonly ConcurrentDictionary<string, KeyUse> _written = new(StringComparer.Ordinal);

    private readonly string _region;

    private KeyUses(DocumentStore store, string region) => (_store, _region) = (store, region);

    /// <summary>Loads what was written.</summary>
    /// <param name="store">The store's documents.</param>
    /// <param name="region">The server's, where every use of a key is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async ValueTask<KeyUses> OpenAsync(
        DocumentStore store, string region, CancellationToken cancellation)
    {
        var uses = new KeyUses(store, region);
        for (string? after = ""; after is not null;)
        {
            var page = await store.ListAsync(Prefix, after, PageDocuments, cancellation);
            foreach (var document in page.Documents)
            {
                if (JsonSerializer.Deserialize(document.Bytes.Span, KeyUseJson.Default.KeyUse) is { } use)
                {
                    var id = document.Name[Prefix.Length..];
                    uses._uses[id] = uses._written[id] = use;
                }
            }

            after = page.Last;
        }

        return uses;
    }

    /// <summary>The last use of a key or a role; null for none.</summary>
    /// <param name="id">The id of the access key, or the unique id of the role.</param>
    public KeyUse? Find(string id) => _uses.GetValueOrDefault(id);

    /// <summary>Notes that a caller's key, or the role of its session, was used. Allocates once a minute.</summary>
    public void Note(Caller caller, DateTimeOffset now, string service)
    {
        if ((caller.RoleId ?? (caller.IsTemporary ? null : caller.AccessKeyId)) is { } id
            && !(_uses.TryGetValue(id, out var last)
                && now - last.Time < TimeSpan.FromMinutes(1) && last.Service == service))
        {
            _uses[id] = new(DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()), service, _region);
        }
    }

    /// <summary>Writes what is new every so often, until it is cancelled.</summary>
    /// <param name="identities">Tells which keys and roles there still are.</param>
    /// <param name="time">The server's clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task KeepAsync(Func<IdentitySnapshot> identities, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, cancellation);
                await WriteAsync(identities());
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await WriteAsync(identities());
        }
    }

    /// <summary>Writes what is new, and forgets what is gone.</summary>
    public async Task WriteAsync(IdentitySnapshot identities)
    {
        var batch = new DocumentBatch();
        var (written, gone) = (new List<(string Id, KeyUse Use)>(), new List<string>());
        foreach (var (id, use) in _uses)
        {
            if (!Exists(identities, id))
            {
                gone.Add(id);
                batch.Remove(Prefix + id);
            }
            else if (_written.GetValueOrDefault(id) != use)
            {
                written.Add((id, use));
                batch.Put(Prefix + id, JsonSerializer.SerializeToUtf8Bytes(use, KeyUseJson.Default.KeyUse));
            }
        }

        if (written.Count + gone.Count == 0)
        {
            return;
        }

        try
        {
            await _store.CommitAsync(batch, CancellationToken.None);
        }
        catch (IOException)
        {
            // A store that takes no writes says so elsewhere; this is tried again with the next.
            return;
        }

        written.ForEach(one => _written[one.Id] = one.Use);
        gone.ForEach(id =>
        {
            _uses.TryRemove(id, out _);
            _written.TryRemove(id, out _);
        });
    }

    private static bool Exists(IdentitySnapshot identities, string id) =>
        identities.FindKey(id) is not null || identities.Accounts.Any(all => all.FindRoleById(id) is not null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KeyUse))]
internal sealed partial class KeyUseJson : JsonSerializerContext;

using System.Security.Cryptography;
using System.Text;
using ObjectServer.AccessControl;
using ObjectServer.Encryption;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>
/// Accounts and all that they have, in memory, and the only way to change them: what is decided is committed to the
/// store first, and then every request finds it.
/// </summary>
/// <remarks>
/// Every change requires and replaces one document, the revision: of two processes with one store, whoever decided on a
/// state that the other has changed since reads everything again and decides again. Within this process changes come
/// one
/// after another. They are rare, and reads never wait for them.
/// </remarks>
internal sealed class IdentityDirectory : IAccountLookup, IDisposable
{
    private const int PageDocuments = 1000;

    private readonly DocumentStore _store;
    private readonly IdentityDocuments _documents;
    private readonly AccessKey? _configuredKey;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The revision that <see cref="_current"/> is of. Belongs to whoever has the turn.</summary>
    private DocumentReading _revision;

    private volatile IdentitySnapshot _current = IdentitySnapshot.Empty;

    private IdentityDirectory(
        DocumentStore store,
        IdentityDocuments documents,
        AccessKey? configuredKey,
        TimeProvider time,
        DocumentReading revision)
    {
        _store = store;
        _documents = documents;
        _configuredKey = configuredKey;
        _time = time;
        _revision = revision;
    }

    /// <summary>The directory as it is now. Take it once for whatever must fit together.</summary>
    public IdentitySnapshot Current => _current;

    public NamedAccount? FindByCanonicalId(string canonicalId) => Named(Current.FindByCanonicalId(canonicalId));

    public NamedAccount? FindByEmail(string email) => Named(Current.FindByEmail(email));

    /// <summary>Loads the directory of a store; the first account is in it in any case.</summary>
    /// <param name="store">The store's documents.</param>
    /// <param name="masterKey">The store's key, under which secrets are sealed.</param>
    /// <param name="configuredKey">
    /// The key of the first account's root that the server was configured with, which outweighs a kept one of its id.
    /// </param>
    /// <param name="time">The server's clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CorruptDataException">A document cannot be read.</exception>
    public static async ValueTask<IdentityDirectory> OpenAsync(
        DocumentStore store,
        MasterKey masterKey,
        AccessKey? configuredKey,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var seal = new SecretSeal(masterKey.Derive(IdentityDocuments.SealPurpose));
        var revision = await store.ReadAsync(IdentityDocuments.Revision, cancellation);
        var directory = new IdentityDirectory(store, new(seal), configuredKey, time, revision);
        await directory.LoadAsync(cancellation);
        await directory.KeepFirstAccountAsync(cancellation);
        return directory;
    }

    /// <summary>Changes the directory: durable, and found by every request, once this returns.</summary>
    /// <param name="decide">
    /// Decides on the directory as it then is; throws to change nothing. It may run more than once, and takes no time.
    /// </param>
    /// <param name="cancellation">Ends the wait for the turn; a commit that has begun ends.</param>
    /// <returns>What was decided.</returns>
    /// <exception cref="StoreUnavailableException">The store takes no writes now; nothing was changed.</exception>
    public async ValueTask<T> ChangeAsync<T>(Func<IdentityChange, T> decide, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            while (true)
            {
                var change = new IdentityChange(_current, _documents, Now());
                var decided = decide(change);
                if (change.IsEmpty || await CommitAsync(change, cancellation))
                {
                    return decided;
                }

                await LoadAsync(cancellation);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static NamedAccount? Named(Account? account) =>
        account is null ? null : new(account.CanonicalId, account.Name);

    /// <summary>Commits a change and makes it what requests find; false where another process was first.</summary>
    private async ValueTask<bool> CommitAsync(IdentityChange change, CancellationToken cancellation)
    {
        var revision = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var batch = new DocumentBatch().Require(_revision).Put(IdentityDocuments.Revision, revision);
        change.AddTo(batch);
        if (!await _store.CommitAsync(batch, cancellation))
        {
            return false;
        }

        _current = change.Identities;
        var reading = await _store.ReadAsync(IdentityDocuments.Revision, CancellationToken.None);
        if (reading.Bytes.Span.SequenceEqual(revision))
        {
            _revision = reading;
        }
        else
        {
            // Another process has changed it since: its change is read before the next is decided.
            await LoadAsync(CancellationToken.None);
        }

        return true;
    }

    /// <summary>Reads everything, of one moment: again from the beginning if something was changed meanwhile.</summary>
    private async ValueTask LoadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var revision = await _store.ReadAsync(IdentityDocuments.Revision, cancellation);
            var loaded = await ReadAllAsync(cancellation);
            var now = await _store.ReadAsync(IdentityDocuments.Revision, cancellation);
            if (revision.Bytes.Span.SequenceEqual(now.Bytes.Span))
            {
                (_revision, _current) = (now, _configuredKey is null ? loaded : loaded.With(_configuredKey));
                return;
            }
        }
    }

    private async ValueTask<IdentitySnapshot> ReadAllAsync(CancellationToken cancellation)
    {
        // The first account is there, and everything of it can be found, even if a full disk never took its document.
        var loaded = IdentitySnapshot.Empty.With(Account.Of(Account.FirstId, "root", Now()));
        for (string? after = ""; after is not null;)
        {
            // Accounts come first, as their names do: all else belongs to one.
            var page = await _store.ListAsync(IdentityDocuments.Prefix, after, PageDocuments, cancellation);
            foreach (var document in page.Documents)
            {
                loaded = _documents.Decode(document.Name, document.Bytes) switch
                {
                    IdentityDocument identity => loaded.With(identity),
                    AccessKey key when key.Id != _configuredKey?.Id => loaded.With(key),
                    _ => loaded,
                };
            }

            after = page.Last;
        }

        return loaded;
    }

    private async ValueTask KeepFirstAccountAsync(CancellationToken cancellation)
    {
        try
        {
            if (!_revision.Exists)
            {
                await ChangeAsync(
                    change =>
                    {
                        var first = change.Identities.FindAccount(Account.FirstId)!.Account;
                        change.Put(first);
                        return first;
                    },
                    cancellation);
            }
        }
        catch (StoreUnavailableException)
        {
            // A server whose disk is nearly full starts as well; a later start keeps the account.
        }
    }

    private DateTimeOffset Now() =>
        DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
}

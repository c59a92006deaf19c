using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>A change that is being decided: what the directory would be, and which documents that takes.</summary>
internal sealed class IdentityChange(IdentitySnapshot before, IdentityDocuments documents, DateTimeOffset now)
{
    private readonly Dictionary<string, byte[]?> _documents = new(StringComparer.Ordinal);

    /// <summary>When it is decided, to the millisecond.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The directory with the change so far.</summary>
    public IdentitySnapshot Identities { get; private set; } = before;

    public bool IsEmpty => _documents.Count == 0;

    /// <summary>Adds a document, or puts it in place of the one with its id.</summary>
    public void Put(IdentityDocument document)
    {
        Identities = Identities.With(document);
        _documents[IdentityDocuments.NameOf(document)] = documents.Encode(document);
    }

    /// <summary>Puts a document unless the one that is there says the same.</summary>
    /// <param name="before">The one with its id; null where there is none.</param>
    /// <param name="document">What it is to be.</param>
    public void PutIfOther(IdentityDocument? before, IdentityDocument document)
    {
        if (before is null || !documents.Encode(before).AsSpan().SequenceEqual(documents.Encode(document)))
        {
            Put(document);
        }
    }

    /// <summary>Adds a key, or puts it in place of the one with its id.</summary>
    public void Put(AccessKey key)
    {
        Identities = Identities.With(key);
        _documents[IdentityDocuments.NameOfKey(key.Id)] = documents.Encode(key);
    }

    /// <summary>Takes a document away.</summary>
    public void Remove(IdentityDocument document)
    {
        Identities = Identities.Without(document);
        _documents[IdentityDocuments.NameOf(document)] = null;
    }

    /// <summary>
    /// Takes an account away with all that it has. Whoever does it has seen to it that no bucket is its.
    /// </summary>
    /// <param name="id">Twelve digits; not the first account, which is always there.</param>
    public void RemoveAccount(string id)
    {
        var all = Identities.FindAccount(id)!;
        foreach (var key in Identities.Keys.Where(key => key.AccountId == id).ToArray())
        {
            Remove(key);
        }

        IdentityDocument[] documents =
            [.. all.Holders, .. all.Policies.Values, .. all.OidcProviders.Values, .. all.MfaDevices.Values, all.Account];
        foreach (var document in documents)
        {
            Remove(document);
        }
    }

    /// <summary>Takes a key away.</summary>
    public void Remove(AccessKey key)
    {
        Identities = Identities.Without(key);
        _documents[IdentityDocuments.NameOfKey(key.Id)] = null;
    }

    /// <summary>Adds the changes of documents to a batch.</summary>
    public void AddTo(DocumentBatch batch)
    {
        foreach (var (name, document) in _documents)
        {
            _ = document is null ? batch.Remove(name) : batch.Put(name, document);
        }
    }
}

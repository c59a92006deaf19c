using System.Collections.Concurrent;
using ObjectServer.Authentication;
using ObjectServer.Encryption;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Sts;

/// <summary>Gives out session tokens, and finds who a token belongs to.</summary>
/// <remarks>
/// Nothing is kept of a session but what its token holds; it ends when its time is up, or with its user or role. Tokens
/// that were good lately are remembered, so that one in use is not decrypted for each request, and keeps its signing keys.
/// </remarks>
/// <param name="masterKey">The store's key: another server's tokens are none here.</param>
/// <param name="identities">The directory as it is when a request comes.</param>
/// <param name="time">The server's clock.</param>
internal sealed class Sessions(
    MasterKey masterKey, Func<IdentitySnapshot> identities, TimeProvider time) : ISessionTokens
{
    /// <summary>Some 3 KiB each with a long policy. Only tokens of this server's own get in.</summary>
    private const int MaxRemembered = 4096;

    private readonly SessionSeal _seal = new(masterKey.Derive(SessionSeal.Purpose));
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);
    private volatile SignersNow _signers = new(IdentitySnapshot.Empty);

    /// <summary>The token of a session that begins.</summary>
    /// <param name="session">The session.</param>
    /// <param name="packed">Its policies and tags, packed.</param>
    public string Give(Session session, ReadOnlySpan<byte> packed) => _seal.Close(session, packed);

    /// <inheritdoc/>
    public (Signer? Signer, S3Error? Refusal) Find(string accessKeyId, string token)
    {
        if ((_remembered.TryGetValue(token, out var known) ? known : Remember(token)) is not { } found
            || found.Session.AccessKeyId != accessKeyId)
        {
            return (null, S3Errors.InvalidToken.With("Token-0", token));
        }

        if (time.GetUtcNow() >= found.Session.Expires)
        {
            _remembered.TryRemove(token, out _);
            _signers.Made.TryRemove(found, out _);
            return (null, S3Errors.ExpiredToken.With("Token-0", token));
        }

        return (FindSigner(found), null);
    }

    private Remembered? Remember(string token)
    {
        if (_seal.Open(token) is not { } session)
        {
            return null;
        }

        if (_remembered.Count >= MaxRemembered)
        {
            Forget();
        }

        return _remembered.GetOrAdd(token, new Remembered(session));
    }

    /// <summary>Makes room: what is over goes, or, where all of it is in use, everything.</summary>
    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (token, remembered) in _remembered)
        {
            if (now >= remembered.Session.Expires)
            {
                _remembered.TryRemove(token, out _);
            }
        }

        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }

        _signers = new(IdentitySnapshot.Empty);
    }

    /// <summary>
    /// Who signs with a session, made once for each state of the directory; null where its principal is gone.
    /// </summary>
    private Signer? FindSigner(Remembered found)
    {
        var (current, signers) = (identities(), _signers);
        if (signers.Of != current)
        {
            _signers = signers = new(current);
        }

        if (signers.Made.TryGetValue(found, out var made))
        {
            return made;
        }

        return signers.Made[found] = SessionCallers.Of(current, found.Session) is { } caller
            ? new(found.Key, caller)
            : null;
    }

    /// <summary>A session whose token was good, and its key, on which signing keys hang.</summary>
    private sealed class Remembered(Session session)
    {
        public Session Session { get; } = session;

        public AccessKey Key { get; } = new(session.AccessKeyId, session.Secret)
        {
            AccountId = session.AccountId,
            Created = session.Issued,
        };
    }

    /// <summary>Who signs with remembered sessions while the directory is in one state.</summary>
    private sealed class SignersNow(IdentitySnapshot of)
    {
        public IdentitySnapshot Of { get; } = of;

        public ConcurrentDictionary<Remembered, Signer?> Made { get; } = new();
    }
}

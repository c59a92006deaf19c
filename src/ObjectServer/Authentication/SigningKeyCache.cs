using System.Collections.Concurrent;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Keeps derived signing keys, since a client signs a whole day with one of them.</summary>
internal sealed class SigningKeyCache
{
    /// <summary>Presigned URLs and forms name days as they like: a bound keeps them from filling memory.</summary>
    private const int MaxKeys = 1024;

    private readonly ConcurrentDictionary<(AccessKey, CredentialScope), SigningKey> _keys = new();

    /// <summary>The key for one scope, derived if it is new.</summary>
    public SigningKey Get(AccessKey accessKey, CredentialScope scope)
    {
        if (_keys.TryGetValue((accessKey, scope), out var known))
        {
            return known;
        }

        if (_keys.Count >= MaxKeys)
        {
            _keys.Clear();
        }

        return _keys[(accessKey, scope)] = SigningKey.Derive(accessKey.Secret, scope);
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Keeps derived signing keys, since a client signs a whole day with one of them.</summary>
/// <remarks>
/// They hang on the access key itself and not on its id: once the directory has let go of a key, because it was changed
/// or taken away, nothing finds what was derived from it, and the memory goes with it.
/// </remarks>
internal sealed class SigningKeyCache
{
    /// <summary>Presigned URLs and forms name days as they like: a bound keeps them from filling memory.</summary>
    private const int MaxKeys = 64;

    private readonly ConditionalWeakTable<AccessKey, ConcurrentDictionary<CredentialScope, SigningKey>> _keys = [];

    /// <summary>The key for one scope, derived if it is new.</summary>
    public SigningKey Get(AccessKey accessKey, CredentialScope scope)
    {
        var derived = _keys.GetValue(accessKey, static _ => new());
        if (derived.TryGetValue(scope, out var known))
        {
            return known;
        }

        if (derived.Count >= MaxKeys)
        {
            derived.Clear();
        }

        return derived[scope] = SigningKey.Derive(accessKey.Secret, scope);
    }
}

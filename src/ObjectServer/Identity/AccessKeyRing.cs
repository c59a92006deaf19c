using System.Collections.Frozen;

namespace ObjectServer.Identity;

/// <summary>Every access key that this server honours.</summary>
internal sealed class AccessKeyRing(params IEnumerable<AccessKey> keys)
{
    private readonly FrozenDictionary<string, AccessKey> _keys =
        keys.ToFrozenDictionary(key => key.Id, StringComparer.Ordinal);

    /// <summary>The key of that id, or null. Ids are case-sensitive.</summary>
    public AccessKey? Find(string id) => _keys.GetValueOrDefault(id);
}

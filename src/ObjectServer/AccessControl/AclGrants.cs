using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Text;
using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>The grants of an ACL, each once, in the order in which they were given. Immutable.</summary>
/// <remarks>
/// Kept as a byte that says the form, 1, and then for each grant a byte of kind and permission (four bits each) and,
/// where it names an account, the account: 32 bytes of a canonical id of 64 lower-case hexadecimal digits, or a length
/// of one byte and as many bytes of UTF-8. The kinds are on disk: they only grow.
/// </remarks>
internal sealed class AclGrants : IReadOnlyList<AclGrant>, IEquatable<AclGrants>
{
    /// <summary>The most grants of one ACL: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html</summary>
    public const int MaxCount = 100;

    private const byte Form = 1;
    private const int IdBytes = 32;
    private const byte AccountById = 0;
    private const byte AccountByText = 1;
    private const byte AllUsers = 2;
    private const byte AuthenticatedUsers = 3;
    private const byte LogDelivery = 4;

    private readonly ImmutableArray<AclGrant> _grants;

    public AclGrants(params IEnumerable<AclGrant> grants) => _grants = [.. grants.Distinct()];

    public int Count => _grants.Length;

    public AclGrant this[int index] => _grants[index];

    /// <summary>Whether the world, or everyone with an account, is granted anything.</summary>
    public bool ArePublic
    {
        get
        {
            foreach (var grant in _grants)
            {
                if (grant.Group is { } group && group.IsPublic())
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Reads a kept ACL, once for each document.</summary>
    /// <exception cref="CorruptDataException">The document was not made here.</exception>
    public static AclGrants Of(SettingDocument document) => document.Read(Decode);

    /// <summary>The grants as they are kept.</summary>
    public ReadOnlyMemory<byte> Encode()
    {
        var kept = new ArrayBufferWriter<byte>(1 + (Count * (1 + IdBytes)));
        kept.Write([Form]);
        Span<byte> id = stackalloc byte[IdBytes];
        foreach (var grant in _grants)
        {
            if (grant.Group is { } group)
            {
                kept.Write([Head(KindOf(group), grant.Permission)]);
            }
            else if (IsCompact(grant.CanonicalId!, id))
            {
                kept.Write([Head(AccountById, grant.Permission), .. id]);
            }
            else
            {
                var text = Encoding.UTF8.GetBytes(grant.CanonicalId!);
                kept.Write([Head(AccountByText, grant.Permission), checked((byte)text.Length), .. text]);
            }
        }

        return kept.WrittenMemory;
    }

    /// <summary>Reads what <see cref="Encode"/> made.</summary>
    /// <exception cref="CorruptDataException">The bytes were not made here.</exception>
    public static AclGrants Decode(ReadOnlyMemory<byte> document)
    {
        var rest = document.Span;
        if (rest is not [Form, ..])
        {
            throw Malformed();
        }

        rest = rest[1..];
        var grants = new List<AclGrant>();
        while (!rest.IsEmpty)
        {
            var (kind, permission) = ((byte)(rest[0] >> 4), (AclPermission)(rest[0] & 0xF));
            rest = rest[1..];
            if (!AclPermissions.All.Contains(permission))
            {
                throw Malformed();
            }

            grants.Add(kind switch
            {
                AccountById => AclGrant.To(Convert.ToHexStringLower(Take(ref rest, IdBytes)), permission),
                AccountByText => AclGrant.To(Encoding.UTF8.GetString(Take(ref rest, Take(ref rest, 1)[0])), permission),
                AllUsers => AclGrant.To(AclGroup.AllUsers, permission),
                AuthenticatedUsers => AclGrant.To(AclGroup.AuthenticatedUsers, permission),
                LogDelivery => AclGrant.To(AclGroup.LogDelivery, permission),
                _ => throw Malformed(),
            });
        }

        return new(grants);
    }

    public bool Equals(AclGrants? other) => other is not null && _grants.AsSpan().SequenceEqual(other._grants.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as AclGrants);

    public override int GetHashCode() => _grants.Aggregate(0, HashCode.Combine);

    public ImmutableArray<AclGrant>.Enumerator GetEnumerator() => _grants.GetEnumerator();

    IEnumerator<AclGrant> IEnumerable<AclGrant>.GetEnumerator() => ((IEnumerable<AclGrant>)_grants).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_grants).GetEnumerator();

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (rest.Length < count)
        {
            throw Malformed();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static byte Head(byte kind, AclPermission permission) => (byte)((kind << 4) | (byte)permission);

    private static byte KindOf(AclGroup group) => group switch
    {
        AclGroup.AllUsers => AllUsers,
        AclGroup.AuthenticatedUsers => AuthenticatedUsers,
        AclGroup.LogDelivery => LogDelivery,
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "There is no such group."),
    };

    /// <summary>Only lower-case digits: what is read back must be what was written.</summary>
    private static bool IsCompact(string canonicalId, Span<byte> id) =>
        canonicalId.Length == 2 * IdBytes
        && !canonicalId.AsSpan().ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(canonicalId, id, out _, out _) == OperationStatus.Done;

    private static CorruptDataException Malformed() => new("A kept access control list is malformed.");
}

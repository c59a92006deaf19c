using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>Sessions as tokens: encrypted and authenticated, so that nothing has to be kept of them.</summary>
/// <remarks>
/// Base64url of: 1, a random salt (12 bytes), a random nonce (12), the encrypted session, the tag (16). AES-256-GCM,
/// each token under a key of its own, the HMAC-SHA-256 of its salt: a server gives out more tokens than one key takes
/// random nonces. The version is the additional data. One token has one form: bits that Base64 leaves over are zero.
/// </remarks>
/// <param name="key">32 bytes, for this and nothing else.</param>
internal sealed class SessionSeal(byte[] key)
{
    /// <summary>
    /// How many bytes the policies and tags of a session may take, compressed. A token then is shorter than
    /// <see cref="MaxTokenCharacters"/>, and a request's header fields take 16 KiB in all.
    /// </summary>
    public const int MaxPackedBytes = 3072;

    /// <summary>No token is longer.</summary>
    public const int MaxTokenCharacters = 8192;

    /// <summary>What the key is derived for.</summary>
    public const string Purpose = "session tokens";

    private const byte Version = 1;
    private const int SaltBytes = 12;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + SaltBytes + NonceBytes;

    /// <summary>Compressed policies and tags cannot swell beyond what a request may bring.</summary>
    private const int MaxUnpackedBytes = 1 << 17;

    /// <summary>Policies and tags as they stand in a token; empty for none.</summary>
    public static byte[] Pack(SessionLimits limits)
    {
        if (limits.IsEmpty)
        {
            return [];
        }

        using var packed = new MemoryStream();
        using (var writer = new BinaryWriter(new BrotliStream(packed, CompressionLevel.Optimal), Encoding.UTF8))
        {
            writer.Write(limits.Policy is not null);
            if (limits.Policy is { } policy)
            {
                writer.Write(policy.Text);
            }

            WriteAll(writer, limits.PolicyArns, writer.Write);
            WriteAll(writer, limits.Tags, tag =>
            {
                writer.Write(tag.Key);
                writer.Write(tag.Value);
            });
            WriteAll(writer, limits.TransitiveTagKeys, writer.Write);
        }

        return packed.ToArray();
    }

    /// <summary>The token of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="packed">What <see cref="Pack"/> made of its policies and tags.</param>
    public string Close(Session session, ReadOnlySpan<byte> packed)
    {
        var plain = Encode(session, packed);
        var token = new byte[HeadBytes + plain.Length + TagBytes];
        token[0] = Version;
        RandomNumberGenerator.Fill(token.AsSpan(1, SaltBytes + NonceBytes));
        using var aes = Cipher(token);
        aes.Encrypt(
            token.AsSpan(1 + SaltBytes, NonceBytes), plain,
            token.AsSpan(HeadBytes, plain.Length), token.AsSpan(^TagBytes..), token.AsSpan(0, 1));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The session of a token; null where <see cref="Close"/> did not make it under this key.</summary>
    public Session? Open(string token)
    {
        if (token.Length > MaxTokenCharacters
            || Decode(token) is not { Length: > HeadBytes + TagBytes } bytes
            || bytes[0] != Version)
        {
            return null;
        }

        var plain = new byte[bytes.Length - HeadBytes - TagBytes];
        using var aes = Cipher(bytes);
        try
        {
            aes.Decrypt(
                bytes.AsSpan(1 + SaltBytes, NonceBytes), bytes.AsSpan(HeadBytes, plain.Length),
                bytes.AsSpan(^TagBytes..), plain, bytes.AsSpan(0, 1));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Decode(plain);
    }

    private static byte[]? Decode(string token)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(token.Length)];
        return Base64Url.DecodeFromChars(token, bytes, out _, out var written) == OperationStatus.Done
            && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == token
                ? bytes[..written]
                : null;
    }

    private AesGcm Cipher(ReadOnlySpan<byte> token) =>
        new(HMACSHA256.HashData(key, token.Slice(1, SaltBytes)), TagBytes);

    private static byte[] Encode(Session session, ReadOnlySpan<byte> packed)
    {
        using var plain = new MemoryStream();
        using var writer = new BinaryWriter(plain, Encoding.UTF8);
        writer.Write((byte)session.Kind);
        writer.Write(session.AccountId);
        writer.Write(session.PrincipalId);
        writer.Write(session.Name);
        writer.Write(session.AccessKeyId);
        writer.Write(session.Secret);
        writer.Write7BitEncodedInt64(session.Issued.ToUnixTimeSeconds());
        writer.Write7BitEncodedInt64((long)(session.Expires - session.Issued).TotalSeconds);
        writer.Write7BitEncodedInt64(session.MultiFactorTime?.ToUnixTimeSeconds() ?? 0);
        writer.Write(session.SourceIdentity ?? "");
        writer.Write(session.Provider ?? "");
        writer.Write(packed);
        writer.Flush();
        return plain.ToArray();
    }

    private static Session Decode(byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain, writable: false), Encoding.UTF8);
        var session = new Session
        {
            Kind = (SessionKind)reader.ReadByte(),
            AccountId = reader.ReadString(),
            PrincipalId = reader.ReadString(),
            Name = reader.ReadString(),
            AccessKeyId = reader.ReadString(),
            Secret = reader.ReadString(),
            Issued = DateTimeOffset.FromUnixTimeSeconds(reader.Read7BitEncodedInt64()),
            Expires = default,
        };
        return session with
        {
            Expires = session.Issued.AddSeconds(reader.Read7BitEncodedInt64()),
            MultiFactorTime = reader.Read7BitEncodedInt64() is > 0 and var shown
                ? DateTimeOffset.FromUnixTimeSeconds(shown)
                : null,
            SourceIdentity = NullIfEmpty(reader.ReadString()),
            Provider = NullIfEmpty(reader.ReadString()),
            Limits = Unpack(plain.AsMemory((int)reader.BaseStream.Position..)),
        };
    }

    private static SessionLimits Unpack(ReadOnlyMemory<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return SessionLimits.None;
        }

        var unpacked = new byte[MaxUnpackedBytes];
        if (!BrotliDecoder.TryDecompress(packed.Span, unpacked, out var written))
        {
            throw new InvalidDataException("A session token holds policies and tags that cannot be unpacked.");
        }

        using var reader = new BinaryReader(new MemoryStream(unpacked, 0, written), Encoding.UTF8);
        return new()
        {
            Policy = reader.ReadBoolean() ? new(reader.ReadString(), PolicyKind.Session) : null,
            PolicyArns = ReadAll(reader, reader.ReadString),
            Tags = ReadAll(reader, () => new Tag(reader.ReadString(), reader.ReadString())),
            TransitiveTagKeys = ReadAll(reader, reader.ReadString),
        };
    }

    private static void WriteAll<T>(BinaryWriter writer, ImmutableArray<T> all, Action<T> write)
    {
        writer.Write7BitEncodedInt(all.Length);
        foreach (var one in all)
        {
            write(one);
        }
    }

    private static ImmutableArray<T> ReadAll<T>(BinaryReader reader, Func<T> read)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            all.Add(read());
        }

        return all.ToImmutable();
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

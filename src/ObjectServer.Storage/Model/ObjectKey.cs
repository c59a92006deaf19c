using System.Text;

namespace ObjectServer.Storage.Model;

/// <summary>
/// An object's name: 1 to 1,024 bytes of UTF-8 without NUL, opaque, compared and ordered byte by byte.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html</remarks>
public readonly struct ObjectKey : IEquatable<ObjectKey>, IComparable<ObjectKey>
{
    /// <summary>The longest key, in bytes.</summary>
    public const int MaxBytes = 1024;

    private readonly byte[]? _utf8;

    private ObjectKey(byte[] utf8) => _utf8 = utf8;

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Length in bytes.</summary>
    public int Length => _utf8?.Length ?? 0;

    /// <summary>Takes bytes that were checked when they were first accepted, e.g. read back from the store.</summary>
    public static ObjectKey FromUtf8(ReadOnlySpan<byte> utf8) => new(utf8.ToArray());

    /// <summary>Encodes text that has a UTF-8 form.</summary>
    /// <exception cref="EncoderFallbackException">The text holds a lone surrogate.</exception>
    public static ObjectKey Parse(string key) => new(StrictUtf8.GetBytes(key));

    public bool Equals(ObjectKey other) => Utf8.SequenceEqual(other.Utf8);

    public override bool Equals(object? obj) => obj is ObjectKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    public int CompareTo(ObjectKey other) => Utf8.SequenceCompareTo(other.Utf8);

    /// <summary>The key as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8);

    public static bool operator ==(ObjectKey left, ObjectKey right) => left.Equals(right);

    public static bool operator !=(ObjectKey left, ObjectKey right) => !left.Equals(right);

    public static bool operator <(ObjectKey left, ObjectKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(ObjectKey left, ObjectKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(ObjectKey left, ObjectKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(ObjectKey left, ObjectKey right) => left.CompareTo(right) >= 0;

    private static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

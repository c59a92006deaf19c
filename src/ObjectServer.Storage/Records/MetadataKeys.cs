using System.Buffers.Binary;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// How buckets, versions, uploads, contents and documents are named in the metadata store. One byte says which space a key
/// belongs to; within a space, byte order is the order that listings need.
/// </summary>
/// <remarks>
/// <code>
/// b | bucket name                              a bucket
/// o | bucket id | key                          the current version of a key, where it is an object
/// d | bucket id | key                          the current version of a key, where it is a delete marker
/// v | bucket id | key | 00 | ~sequence         the older versions of a key, newest first
/// n | bucket id | key                          the sequence of the null version, only while it is an older version
/// u | bucket id | key | 00 | upload id         an upload in progress
/// p | upload id | part number                  a part of an upload in progress
/// f | upload id                                what an upload was completed to
/// r | content id                               how often a blob or a manifest is referenced
/// m | content id                               a manifest: the parts that a completed object is made of
/// i | document name                            a document that is no bucket's
/// </code>
/// Bucket ids and sequences are 8 bytes, part numbers 2, big-endian; content and upload ids are 16 bytes. A key holds
/// no NUL, so the 00 after it sorts all that belongs to a key before the next key. A key that has any version has
/// exactly one record in <c>o</c> or <c>d</c>, and all its other versions in <c>v</c>: listing current objects scans
/// what it returns and nothing else. The spaces are on disk: they only grow.
/// </remarks>
internal static class MetadataKeys
{
    public const byte BucketSpace = (byte)'b';
    public const byte ObjectSpace = (byte)'o';
    public const byte MarkerSpace = (byte)'d';
    public const byte OlderSpace = (byte)'v';
    public const byte NullSpace = (byte)'n';
    public const byte UploadSpace = (byte)'u';
    public const byte PartSpace = (byte)'p';
    public const byte CompletedSpace = (byte)'f';
    public const byte ContentSpace = (byte)'r';
    public const byte ManifestSpace = (byte)'m';
    public const byte DocumentSpace = (byte)'i';

    /// <summary>Bytes before the key in the spaces that are ordered by bucket and key.</summary>
    public const int BucketPrefixBytes = 1 + sizeof(ulong);

    private const int IdBytes = 16;

    public static byte[] Space(byte space) => [space];

    public static byte[] Bucket(ReadOnlySpan<byte> name) => [BucketSpace, .. name];

    /// <summary>What every key of a bucket's space begins with.</summary>
    public static byte[] InBucket(byte space, ulong bucketId) => InBucket(space, bucketId, [], 0);

    /// <summary>A position in a bucket's space: an object key, or one with a suffix as the listings walk them.</summary>
    public static byte[] InBucket(byte space, ulong bucketId, ReadOnlySpan<byte> position) =>
        InBucket(space, bucketId, position, 0);

    public static byte[] Current(ulong bucketId, ObjectKey key) => InBucket(ObjectSpace, bucketId, key.Utf8);

    public static byte[] Marker(ulong bucketId, ObjectKey key) => InBucket(MarkerSpace, bucketId, key.Utf8);

    public static byte[] Older(ulong bucketId, ObjectKey key, ulong sequence)
    {
        var made = InBucket(OlderSpace, bucketId, key.Utf8, 1 + sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(made.AsSpan(made.Length - sizeof(ulong)), ~sequence);
        return made;
    }

    /// <summary>What every older version of a key begins with.</summary>
    public static byte[] OlderOf(ulong bucketId, ObjectKey key) => InBucket(OlderSpace, bucketId, key.Utf8, 1);

    public static byte[] Null(ulong bucketId, ObjectKey key) => InBucket(NullSpace, bucketId, key.Utf8);

    public static byte[] Upload(ulong bucketId, ObjectKey key, Guid uploadId)
    {
        var made = InBucket(UploadSpace, bucketId, key.Utf8, 1 + IdBytes);
        WriteId(uploadId, made.AsSpan(made.Length - IdBytes));
        return made;
    }

    public static byte[] Part(Guid uploadId, int number)
    {
        var made = new byte[1 + IdBytes + sizeof(ushort)];
        made[0] = PartSpace;
        WriteId(uploadId, made.AsSpan(1));
        BinaryPrimitives.WriteUInt16BigEndian(made.AsSpan(1 + IdBytes), checked((ushort)number));
        return made;
    }

    /// <summary>What every part of an upload begins with.</summary>
    public static byte[] PartsOf(Guid uploadId) => ById(PartSpace, uploadId);

    public static byte[] Completed(Guid uploadId) => ById(CompletedSpace, uploadId);

    public static byte[] Content(Guid contentId) => ById(ContentSpace, contentId);

    public static byte[] Manifest(Guid contentId) => ById(ManifestSpace, contentId);

    public static byte[] Document(ReadOnlySpan<byte> name) => [DocumentSpace, .. name];

    public static int PartNumber(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt16BigEndian(key[(1 + IdBytes)..]);

    /// <summary>The id after the space byte in the spaces that are ordered by id.</summary>
    public static Guid Id(ReadOnlySpan<byte> key) => new(key.Slice(1, IdBytes), bigEndian: true);

    /// <summary>The upload id at the end of an upload's key.</summary>
    public static Guid UploadId(ReadOnlySpan<byte> key) => new(key[^IdBytes..], bigEndian: true);

    public static ulong BucketId(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key[1..]);

    /// <summary>The object key at the beginning of a position, which may have a suffix after a NUL.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> position)
    {
        var end = position.IndexOf((byte)0);
        return end < 0 ? position : position[..end];
    }

    private static byte[] InBucket(byte space, ulong bucketId, ReadOnlySpan<byte> position, int suffixBytes)
    {
        var made = new byte[BucketPrefixBytes + position.Length + suffixBytes];
        made[0] = space;
        BinaryPrimitives.WriteUInt64BigEndian(made.AsSpan(1), bucketId);
        position.CopyTo(made.AsSpan(BucketPrefixBytes));
        return made;
    }

    private static byte[] ById(byte space, Guid id)
    {
        var made = new byte[1 + IdBytes];
        made[0] = space;
        WriteId(id, made.AsSpan(1));
        return made;
    }

    private static void WriteId(Guid id, Span<byte> destination) =>
        id.TryWriteBytes(destination, bigEndian: true, out _);
}

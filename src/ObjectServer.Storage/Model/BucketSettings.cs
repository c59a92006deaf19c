using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>
/// What a bucket can be told beside its tags and versioning. The store keeps each as a document that it does not
/// read, but for the default retention, which it gives to new versions.
/// The numbers are on disk: they only grow.
/// </summary>
public enum BucketSetting : byte
{
    /// <summary>The bucket policy: JSON.</summary>
    Policy = 1,

    /// <summary>Who owns what others write: the name of an object ownership.</summary>
    OwnershipControls = 2,

    /// <summary>Which public policies and ACLs are refused or ignored.</summary>
    PublicAccessBlock = 3,

    /// <summary>The access control list.</summary>
    Acl = 4,
    Cors = 5,
    Website = 6,
    Lifecycle = 7,

    /// <summary>The <see cref="DefaultRetention"/> of a bucket with object lock.</summary>
    ObjectLock = 8,
    RequestPayment = 9,
    Accelerate = 10,
    Abac = 11,

    /// <summary>Made where the policy may lock out the root of the owning account; it has no document.</summary>
    PolicyLockout = 12,
    IntelligentTiering = 13,

    /// <summary>Whether versions go only with a second factor; kept from the first time that they did.</summary>
    MfaDelete = 14,
}

/// <summary>A document that is kept as it is, and the one form that its readers read it to.</summary>
/// <remarks>Whoever finds a setting on the way of a request parses it once, not once a request.</remarks>
public sealed class SettingDocument(ReadOnlyMemory<byte> bytes)
{
    private object? _read;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>What the document says. Every reader of one setting reads it to one type.</summary>
    /// <param name="read">Pure: it may run more than once.</param>
    public T Read<T>(Func<ReadOnlyMemory<byte>, T> read)
        where T : class => _read as T ?? Keep(read(Bytes));

    /// <summary>What the document says, read with something of its bucket that never changes.</summary>
    /// <param name="with">What it is read with.</param>
    /// <param name="read">Pure: it may run more than once.</param>
    public T Read<TWith, T>(TWith with, Func<ReadOnlyMemory<byte>, TWith, T> read)
        where T : class => _read as T ?? Keep(read(Bytes, with));

    private T Keep<T>(T made)
        where T : class
    {
        _read = made;
        return made;
    }
}

/// <summary>The settings of a bucket. Immutable.</summary>
public sealed class BucketSettings
{
    public static readonly BucketSettings None = new([]);

    private readonly ImmutableSortedDictionary<BucketSetting, SettingDocument> _documents;

    private BucketSettings(IEnumerable<KeyValuePair<BucketSetting, SettingDocument>> documents)
        : this(documents.ToImmutableSortedDictionary())
    {
    }

    private BucketSettings(ImmutableSortedDictionary<BucketSetting, SettingDocument> documents) => _documents = documents;

    /// <summary>Those that were made, in the order of their numbers.</summary>
    public IEnumerable<KeyValuePair<BucketSetting, SettingDocument>> All => _documents;

    /// <summary>The document of a setting; null where none was made.</summary>
    public SettingDocument? Find(BucketSetting setting) => _documents.GetValueOrDefault(setting);

    /// <summary>The same with a setting replaced.</summary>
    public BucketSettings With(BucketSetting setting, ReadOnlyMemory<byte> document) =>
        new(_documents.SetItem(setting, new SettingDocument(document)));

    /// <summary>The same without a setting.</summary>
    public BucketSettings Without(BucketSetting setting) => new(_documents.Remove(setting));
}

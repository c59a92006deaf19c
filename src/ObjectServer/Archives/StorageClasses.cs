using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Archives;

/// <summary>The storage classes of general purpose buckets. Those of other kinds of buckets are refused.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html</remarks>
internal static class StorageClasses
{
    public const string Glacier = "GLACIER";
    public const string DeepArchive = "DEEP_ARCHIVE";
    public const string IntelligentTiering = StorageState.IntelligentTieringClass;

    public static ImmutableArray<string> All { get; } =
    [
        StorageState.StandardClass, "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", IntelligentTiering, Glacier,
        DeepArchive, "GLACIER_IR",
    ];
}

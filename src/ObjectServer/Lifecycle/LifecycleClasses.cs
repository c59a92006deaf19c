using System.Collections.Immutable;

namespace ObjectServer.Lifecycle;

/// <summary>The storage classes that lifecycle rules know, from the dearest to keep to the cheapest.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html</remarks>
internal static class LifecycleClasses
{
    /// <summary>Objects with fewer bytes stay where they are unless their rule or their bucket says otherwise.</summary>
    public const long MinBytes = 128 * 1024;

    /// <summary>Days for which an object has to be in the first class before it comes to one of these.</summary>
    public const int MinInfrequentDays = 30;

    /// <summary>Those that a rule may name.</summary>
    public static readonly ImmutableArray<string> All =
        ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

    /// <summary>Where a class stands among them; -1 for any other, from which everything is a way down.</summary>
    public static int RankOf(string storageClass) => All.IndexOf(storageClass);

    /// <summary>
    /// How much a class is preferred where several are due: the archives to all else, and the class that finds its own tier
    /// to the others.
    /// </summary>
    public static int PreferenceOf(string storageClass) => storageClass switch
    {
        "DEEP_ARCHIVE" => 6,
        "GLACIER" => 5,
        "INTELLIGENT_TIERING" => 4,
        "GLACIER_IR" => 3,
        "ONEZONE_IA" => 2,
        _ => 1,
    };

    /// <summary>Whether objects go from one class to another by a rule: downwards, and not from everywhere.</summary>
    public static bool CanGo(string from, string to) => from == "ONEZONE_IA"
        ? to is "GLACIER" or "DEEP_ARCHIVE"
        : RankOf(to) > RankOf(from);

    public static bool IsInfrequent(string storageClass) => storageClass is "STANDARD_IA" or "ONEZONE_IA";

    /// <summary>Whether an object of the class cannot be read until it is asked back. GLACIER_IR can.</summary>
    public static bool IsArchive(string storageClass) => storageClass is "GLACIER" or "DEEP_ARCHIVE";

    /// <summary>Days that an object stays in a class at least before a later transition of its rule.</summary>
    public static int MinDaysIn(string storageClass) => storageClass switch
    {
        "STANDARD_IA" or "ONEZONE_IA" => 30,
        "GLACIER_IR" or "GLACIER" => 90,
        _ => 0,
    };
}

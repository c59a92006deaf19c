using System.Collections.Immutable;

namespace ObjectServer.Identity;

/// <summary>What the directory of identities keeps, each in a document of its own.</summary>
/// <remarks>
/// A field that a document lacks, because an older version wrote it, is read as null, zero, or an array that is none:
/// whoever adds a field says what that means.
/// </remarks>
internal abstract record IdentityDocument
{
    /// <summary>The account that it belongs to: twelve digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>To the millisecond, as it is kept.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>Arrays of documents.</summary>
internal static class DocumentArrays
{
    /// <summary>The array, or an empty one for one that the document lacked.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}

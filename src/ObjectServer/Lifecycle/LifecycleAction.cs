namespace ObjectServer.Lifecycle;

/// <summary>What a rule does, those first that win where several are due.</summary>
internal enum LifecycleVerb
{
    /// <summary>Removes a current object that nothing keeps, an older version or a delete marker that is alone.</summary>
    Remove,

    /// <summary>Gives a version another storage class.</summary>
    Transition,

    /// <summary>Hides a current object behind a delete marker.</summary>
    Hide,

    /// <summary>Aborts an upload.</summary>
    Abort,
}

/// <summary>What a rule does to one version or upload, and when.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Verb">What it does.</param>
/// <param name="Due">From when on.</param>
/// <param name="StorageClass">Of a transition; else null.</param>
internal sealed record LifecycleAction(LifecycleRule Rule, LifecycleVerb Verb, DateTimeOffset Due, string? StorageClass)
{
    /// <summary>How many of the key's older versions have to be newer for that; 0 where that does not matter.</summary>
    public int Newer { get; init; }
}

using System.Collections.Immutable;

namespace ObjectServer.Seeding;

/// <summary>A value of a seed file, in whichever language the file is written.</summary>
/// <param name="Line">Where it begins, from 1; 0 where that is not known.</param>
internal abstract record SeedNode(int Line)
{
    /// <summary>How many values it has in it, itself included; aliases count as often as they stand.</summary>
    public abstract long Count { get; }

    /// <summary>What it is, for mistakes.</summary>
    public abstract string Kind { get; }
}

/// <summary>Fields with their values, in the order of the file; no name stands twice.</summary>
internal sealed record SeedMapping(ImmutableArray<KeyValuePair<string, SeedNode>> Fields, int Line) : SeedNode(Line)
{
    public override long Count { get; } = 1 + Fields.Sum(field => field.Value.Count);

    public override string Kind => "a mapping";
}

/// <summary>Values in a row.</summary>
internal sealed record SeedSequence(ImmutableArray<SeedNode> Values, int Line) : SeedNode(Line)
{
    public override long Count { get; } = 1 + Values.Sum(value => value.Count);

    public override string Kind => "a list";
}

/// <summary>Anything else.</summary>
/// <param name="Text">As it stands in the file, without quotes.</param>
/// <param name="Type">What the language says that it is. YAML's numbers are texts: an account's id may begin with zeros.</param>
/// <param name="Line">Where it begins.</param>
internal sealed record SeedScalar(string Text, SeedScalarType Type, int Line) : SeedNode(Line)
{
    public override long Count => 1;

    public override string Kind => Type == SeedScalarType.Null ? "nothing" : "a value";
}

/// <summary>The types of values.</summary>
internal enum SeedScalarType
{
    Text,
    Number,
    Boolean,
    Null,
}

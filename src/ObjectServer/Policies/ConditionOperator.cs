using System.Collections.Frozen;

namespace ObjectServer.Policies;

/// <summary>What a condition compares as, without its negation and set.</summary>
internal enum ConditionComparison
{
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    NumericEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    ArnLike,
    Null,
}

/// <summary>How several values of one key are judged.</summary>
internal enum ConditionSet
{
    /// <summary>The key has one value; of several, none is judged.</summary>
    None,

    /// <summary>Every value must satisfy; no value does.</summary>
    ForAllValues,

    /// <summary>One value must satisfy; no value does not.</summary>
    ForAnyValue,
}

/// <summary>A condition operator: comparison, negation, set, and whether a missing key satisfies it.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
/// </remarks>
internal readonly record struct ConditionOperator(
    ConditionComparison Comparison, bool IsNegated, ConditionSet Set, bool IsIfExists)
{
    private const string IfExists = "IfExists";

    private static readonly FrozenDictionary<string, (ConditionComparison Comparison, bool IsNegated)> Names =
        new Dictionary<string, (ConditionComparison, bool)>
        {
            ["StringEquals"] = (ConditionComparison.StringEquals, false),
            ["StringNotEquals"] = (ConditionComparison.StringEquals, true),
            ["StringEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, false),
            ["StringNotEqualsIgnoreCase"] = (ConditionComparison.StringEqualsIgnoreCase, true),
            ["StringLike"] = (ConditionComparison.StringLike, false),
            ["StringNotLike"] = (ConditionComparison.StringLike, true),
            ["NumericEquals"] = (ConditionComparison.NumericEquals, false),
            ["NumericNotEquals"] = (ConditionComparison.NumericEquals, true),
            ["NumericLessThan"] = (ConditionComparison.NumericLessThan, false),
            ["NumericLessThanEquals"] = (ConditionComparison.NumericLessThanEquals, false),
            ["NumericGreaterThan"] = (ConditionComparison.NumericGreaterThan, false),
            ["NumericGreaterThanEquals"] = (ConditionComparison.NumericGreaterThanEquals, false),
            ["DateEquals"] = (ConditionComparison.DateEquals, false),
            ["DateNotEquals"] = (ConditionComparison.DateEquals, true),
            ["DateLessThan"] = (ConditionComparison.DateLessThan, false),
            ["DateLessThanEquals"] = (ConditionComparison.DateLessThanEquals, false),
            ["DateGreaterThan"] = (ConditionComparison.DateGreaterThan, false),
            ["DateGreaterThanEquals"] = (ConditionComparison.DateGreaterThanEquals, false),
            ["Bool"] = (ConditionComparison.Bool, false),
            ["BinaryEquals"] = (ConditionComparison.BinaryEquals, false),
            ["IpAddress"] = (ConditionComparison.IpAddress, false),
            ["NotIpAddress"] = (ConditionComparison.IpAddress, true),
            ["ArnEquals"] = (ConditionComparison.ArnLike, false),
            ["ArnLike"] = (ConditionComparison.ArnLike, false),
            ["ArnNotEquals"] = (ConditionComparison.ArnLike, true),
            ["ArnNotLike"] = (ConditionComparison.ArnLike, true),
            ["Null"] = (ConditionComparison.Null, false),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the name of an operator, case ignored. Null: there is none of that name.</summary>
    public static ConditionOperator? Parse(string name)
    {
        var (set, plain) = name.Split(':', 2) switch
        {
            [var prefix, var rest] when prefix.Equals("ForAllValues", StringComparison.OrdinalIgnoreCase) =>
                (ConditionSet.ForAllValues, rest),
            [var prefix, var rest] when prefix.Equals("ForAnyValue", StringComparison.OrdinalIgnoreCase) =>
                (ConditionSet.ForAnyValue, rest),
            _ => (ConditionSet.None, name),
        };
        var isIfExists = plain.EndsWith(IfExists, StringComparison.OrdinalIgnoreCase);
        plain = isIfExists ? plain[..^IfExists.Length] : plain;
        if (!Names.TryGetValue(plain, out var found)
            || (found.Comparison == ConditionComparison.Null && (isIfExists || set != ConditionSet.None)))
        {
            return null;
        }

        return new(found.Comparison, found.IsNegated, set, isIfExists);
    }
}

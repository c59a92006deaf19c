namespace ObjectServer.Policies;

/// <summary>What a request has under one condition key: nothing, one value, or several.</summary>
/// <remarks>A key without a value, or with an empty list, is as good as a key that is not there.</remarks>
internal readonly struct ConditionValues
{
    private readonly string? _one;
    private readonly IReadOnlyList<string>? _many;

    public ConditionValues(string one) => _one = one;

    public ConditionValues(IReadOnlyList<string> many) => _many = many;

    /// <summary>How many values there are.</summary>
    public int Count => _many?.Count ?? (_one is null ? 0 : 1);

    public string this[int index] => _many?[index] ?? _one!;

    /// <summary>Whether the set is null as the set operators have it: no value, or one that is empty.</summary>
    public bool IsNullSet => Count == 0 || (Count == 1 && this[0].Length == 0);

    public static implicit operator ConditionValues(string one) => new(one);
}

/// <summary>The condition keys of a request. Asked for a key only when a statement that could apply has it.</summary>
internal interface IConditionValues
{
    /// <summary>Finds the values of a key.</summary>
    /// <param name="key">
    /// E.g. <c>aws:SourceIp</c> or <c>aws:PrincipalTag/team</c>, as the policy spells it: case is ignored.
    /// </param>
    /// <param name="values">What the request has; without values where there is no such key.</param>
    /// <returns>Whether the key is there.</returns>
    bool TryGet(string key, out ConditionValues values);
}

/// <summary>Condition keys that someone wrote down, for simulations and tests.</summary>
internal sealed class ConditionTable : IConditionValues
{
    private readonly Dictionary<string, ConditionValues> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>No key at all.</summary>
    public static ConditionTable Empty { get; } = new();

    /// <summary>Adds a key with its values, in place of what it had.</summary>
    public ConditionTable With(string key, params string[] values)
    {
        _values[key] = values.Length == 1 ? new(values[0]) : new(values);
        return this;
    }

    /// <inheritdoc/>
    public bool TryGet(string key, out ConditionValues values) => _values.TryGetValue(key, out values);
}

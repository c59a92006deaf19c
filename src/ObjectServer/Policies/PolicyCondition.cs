using System.Collections.Immutable;

namespace ObjectServer.Policies;

/// <summary>One key under one operator of a Condition element, with its values.</summary>
/// <remarks>
/// Of several values in the policy one must compare; under a negated operator none may. A key that a request lacks
/// satisfies a negated operator, one that ends in IfExists, and ForAllValues; no other. What cannot be compared (a text
/// that is no number, a variable without a value) satisfies nothing, under a negated operator neither.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
/// </remarks>
internal sealed class PolicyCondition(
    string operatorName, ConditionOperator condition, string key, ImmutableArray<ConditionTest> tests)
{
    /// <summary>The operator as the policy has it, e.g. <c>ForAnyValue:StringLike</c>.</summary>
    public string OperatorName { get; } = operatorName;

    /// <summary>The operator.</summary>
    public ConditionOperator Operator { get; } = condition;

    /// <summary>The condition key as the policy has it.</summary>
    public string Key { get; } = key;

    /// <summary>The values of the policy; of Null, none.</summary>
    public ImmutableArray<ConditionTest> Tests { get; } = tests;

    /// <summary>Of Null: whether a request without the key satisfies it.</summary>
    public bool HoldsIfMissing { get; init; }

    /// <summary>Of Null: whether a request with the key satisfies it.</summary>
    public bool HoldsIfPresent { get; init; }

    /// <summary>Whether a request satisfies this.</summary>
    public bool Holds(IConditionValues conditions)
    {
        conditions.TryGet(Key, out var values);
        if (Operator.Comparison == ConditionComparison.Null)
        {
            return values.Count == 0 ? HoldsIfMissing : HoldsIfPresent;
        }

        if (values.Count == 0)
        {
            return Operator.IsIfExists || Operator.Set switch
            {
                ConditionSet.None => Operator.IsNegated,
                ConditionSet.ForAllValues => true,
                _ => false,
            };
        }

        return Operator.Set switch
        {
            ConditionSet.ForAllValues => values.IsNullSet || HoldsForAll(values, conditions),
            ConditionSet.ForAnyValue => !values.IsNullSet && HoldsForAny(values, conditions),
            _ => values.Count == 1 && HoldsFor(values[0], conditions),
        };
    }

    private bool HoldsForAll(ConditionValues values, IConditionValues conditions)
    {
        for (var index = 0; index < values.Count; index++)
        {
            if (!HoldsFor(values[index], conditions))
            {
                return false;
            }
        }

        return true;
    }

    private bool HoldsForAny(ConditionValues values, IConditionValues conditions)
    {
        for (var index = 0; index < values.Count; index++)
        {
            if (HoldsFor(values[index], conditions))
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsFor(string value, IConditionValues conditions)
    {
        var tests = Tests;
        for (var index = 0; index < tests.Length; index++)
        {
            var holds = tests[index].Holds(value, conditions);
            if (Operator.IsNegated ? holds != false : holds == true)
            {
                return !Operator.IsNegated;
            }
        }

        return Operator.IsNegated;
    }
}

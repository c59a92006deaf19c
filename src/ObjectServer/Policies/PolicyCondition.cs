using System.Collections.Immutable;

namespace ObjectServer.Policies;

/// <summary>One key under one operator of a Condition element, with its values.</summary>
/// <remarks>
/// Of several values in the policy one must compare; under a negated operator none may. A key that a request lacks
/// satisfies a negated operator, one that ends in IfExists, and ForAllValues; no other. What cannot be compared (a text
/// that is no number, a variable without a value) satisfies nothing, under a negated operator neither.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
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

    /// <summary>The values of the policy. For Null, none: <see cref="MustBeMissing"/> says which was there.</summary>
    public ImmutableArray<ConditionTest> Tests { get; } = tests;

    /// <summary>For Null: true, the key must be missing; false, it must be there; null, either will do or none will.</summary>
    public bool? MustBeMissing { get; init; }

    /// <summary>For Null with both values: every request satisfies it.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>Whether a request satisfies this.</summary>
    public bool Holds(IConditionValues conditions)
    {
        conditions.TryGet(Key, out var values);
        if (Operator.Comparison == ConditionComparison.Null)
        {
            return MayBeMissing || MustBeMissing == (values.Count == 0);
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

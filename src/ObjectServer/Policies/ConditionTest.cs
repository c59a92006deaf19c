using System.Globalization;

namespace ObjectServer.Policies;

/// <summary>One value of a condition, compiled: says of one value of a request whether both compare.</summary>
internal abstract class ConditionTest
{
    /// <summary>The value as the policy has it.</summary>
    public required string Text { get; init; }

    /// <summary>The condition keys that its variables name.</summary>
    public virtual IEnumerable<string> Variables => [];

    /// <summary>Whether the value names others than itself: by wildcards or variables.</summary>
    public virtual bool IsOpen => Text.AsSpan().ContainsAny('*', '?') || Text.Contains("${", StringComparison.Ordinal);

    /// <summary>Compiles a value.</summary>
    /// <param name="comparison">How it is compared.</param>
    /// <param name="text">The value as the policy has it.</param>
    /// <param name="hasVariables">Whether the policy's version knows variables.</param>
    public static ConditionTest Compile(ConditionComparison comparison, string text, bool hasVariables)
    {
        var variables = hasVariables ? PatternOptions.Variables : PatternOptions.None;
        return comparison switch
        {
            ConditionComparison.StringEquals => new TextTest(PolicyPattern.Compile(text, variables)) { Text = text },
            ConditionComparison.StringEqualsIgnoreCase =>
                new TextTest(PolicyPattern.Compile(text, variables | PatternOptions.IgnoreCase)) { Text = text },
            ConditionComparison.StringLike =>
                new TextTest(PolicyPattern.Compile(text, variables | PatternOptions.Wildcards)) { Text = text },
            ConditionComparison.ArnLike =>
                new ArnTest(ArnPattern.Compile(text, variables | PatternOptions.Wildcards)) { Text = text },
            ConditionComparison.Bool => new BoolTest(
                PolicyPattern.Compile(text, variables | PatternOptions.IgnoreCase))
            { Text = text },
            ConditionComparison.BinaryEquals => new BinaryTest(BinaryTest.Decode(text)) { Text = text },
            ConditionComparison.IpAddress => new AddressTest(AddressRange.Parse(text)) { Text = text },
            >= ConditionComparison.NumericEquals and <= ConditionComparison.NumericGreaterThanEquals => new OrderTest(
                comparison - ConditionComparison.NumericEquals, OrderTest.ParseNumber, text)
            { Text = text },
            >= ConditionComparison.DateEquals and <= ConditionComparison.DateGreaterThanEquals => new OrderTest(
                comparison - ConditionComparison.DateEquals, OrderTest.ParseDate, text)
            { Text = text },
            _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
        };
    }

    /// <summary>Whether a value of a request compares.</summary>
    /// <param name="value">The value.</param>
    /// <param name="conditions">Where variables get their values.</param>
    /// <returns>Null: it cannot be said, since one of both is no such value, or a variable has none.</returns>
    public abstract bool? Holds(string value, IConditionValues conditions);

    private sealed class TextTest(PolicyPattern pattern) : ConditionTest
    {
        public override IEnumerable<string> Variables => pattern.Variables;

        public override bool? Holds(string value, IConditionValues conditions)
        {
            var holds = pattern.Matches(value, conditions, out var isResolved);
            return isResolved ? holds : null;
        }
    }

    private sealed class ArnTest(ArnPattern pattern) : ConditionTest
    {
        public override IEnumerable<string> Variables => pattern.Whole.Variables;

        public override bool? Holds(string value, IConditionValues conditions)
        {
            var holds = pattern.Matches(value, conditions, out var isResolved);
            return isResolved ? holds : null;
        }
    }

    private sealed class BoolTest(PolicyPattern pattern) : ConditionTest
    {
        public override IEnumerable<string> Variables => pattern.Variables;

        public override bool? Holds(string value, IConditionValues conditions)
        {
            if (!bool.TryParse(value, out var isTrue))
            {
                return null;
            }

            if (pattern.Matches(isTrue ? "true" : "false", conditions, out var isResolved))
            {
                return true;
            }

            return pattern.Matches(isTrue ? "false" : "true", conditions, out isResolved) && isResolved ? false : null;
        }
    }

    private sealed class BinaryTest(byte[]? bytes) : ConditionTest
    {
        public override bool IsOpen => false;

        public static byte[]? Decode(string text)
        {
            var bytes = new byte[(text.Length * 3 / 4) + 3];
            return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
        }

        public override bool? Holds(string value, IConditionValues conditions) =>
            bytes is not null && Decode(value) is { } other ? bytes.AsSpan().SequenceEqual(other) : null;
    }

    private sealed class AddressTest(AddressRange? range) : ConditionTest
    {
        public override bool IsOpen => range is null || range.Value.IsBroad;

        public override bool? Holds(string value, IConditionValues conditions) =>
            range is not null && AddressRange.ParseAddress(value) is { } address ? range.Value.Contains(address) : null;
    }

    /// <summary>Numbers, and dates as ticks, in one order.</summary>
    private sealed class OrderTest(int order, Func<string, decimal?> parse, string text) : ConditionTest
    {
        private readonly decimal? _bound = parse(text);

        public static decimal? ParseNumber(string text) => decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var number)
            ? number
            : null;

        public static decimal? ParseDate(string text) => PolicyDate.Parse(text)?.Ticks;

        public override bool? Holds(string value, IConditionValues conditions)
        {
            if (_bound is not { } bound || parse(value) is not { } number)
            {
                return null;
            }

            // The order of the enumeration: Equals, LessThan, LessThanEquals, GreaterThan, GreaterThanEquals.
            return order switch
            {
                0 => number == bound,
                1 => number < bound,
                2 => number <= bound,
                3 => number > bound,
                _ => number >= bound,
            };
        }
    }
}

using CsCheck;

namespace ObjectServer.Conformance.Linearizability;

/// <summary>The checker finds what is wrong, and nothing else.</summary>
public sealed class HistoryCheckerTests
{
    private const int Keys = 2;

    [Fact]
    public void Reads_beside_a_write_may_see_either_value() =>
        AssertFine(Write(0, 1, 1, 10), Read(1, 0, 2, 3), Read(1, 1, 4, 5), Read(2, 1, 6, 7));

    [Fact]
    public void A_read_that_sees_the_old_value_after_another_saw_the_new_one_is_found() =>
        AssertViolated(Write(0, 1, 1, 10), Read(1, 1, 2, 3), Read(2, 0, 4, 5));

    [Fact]
    public void A_stale_read_after_an_acknowledged_write_is_found() => AssertViolated(Write(0, 1, 1, 2), Read(1, 0, 3, 4));

    [Fact]
    public void A_write_that_was_acknowledged_and_lost_in_a_crash_is_found() =>
        AssertViolated(Write(0, 1, 1, 2), Write(0, 2, 3, 9) with { Outcome = KeyOutcome.Unknown }, Read(1, 0, 10, 11));

    [Fact]
    public void Two_winners_of_one_absent_key_are_found()
    {
        var first = Write(0, 1, 1, 5) with { Action = KeyAction.WriteIfAbsent };
        var second = Write(1, 2, 2, 6) with { Action = KeyAction.WriteIfAbsent };

        AssertFine(first, second with { Outcome = KeyOutcome.OtherValue });
        AssertViolated(first, second);
    }

    [Fact]
    public void A_lost_update_is_found()
    {
        var start = Write(0, 1, 1, 2);
        var one = Write(0, 2, 3, 10) with { Action = KeyAction.WriteIfMatch, Expected = 1 };
        var other = Write(1, 3, 4, 9) with { Action = KeyAction.WriteIfMatch, Expected = 1 };

        AssertViolated(start, one, other);
        AssertFine(start, one, other with { Outcome = KeyOutcome.OtherValue });
    }

    [Fact]
    public void A_listing_that_misses_an_earlier_write_and_has_a_later_one_is_found()
    {
        KeyOperation[] writes = [Write(0, 1, 1, 2), Write(0, 2, 3, 4) with { Key = 1 }];

        AssertViolated([.. writes, List(1, [0, 2], 0, 5)]);
        AssertFine([.. writes, List(1, [1, 0], 0, 5)]);
    }

    [Fact]
    public void What_a_crash_cut_short_happened_or_did_not_but_not_later()
    {
        var cut = Write(0, 1, 1, 5) with { Outcome = KeyOutcome.Unknown };

        AssertFine(cut, Read(1, 0, 6, 7), Read(1, 0, 8, 9));
        AssertFine(cut, Read(1, 1, 6, 7), Read(1, 1, 8, 9));
        AssertViolated(cut, Read(1, 0, 6, 7), Read(1, 1, 8, 9));
        AssertViolated(cut, Read(1, 1, 6, 7), Read(1, 0, 8, 9));
    }

    [Fact]
    public void It_agrees_with_trying_every_order()
    {
        var (fine, violated) = (0, 0);
        History.Sample(
            history =>
            {
                var expected = HasOrder([.. history], new int[Keys]);
                Interlocked.Increment(ref expected ? ref fine : ref violated);
                return expected == (HistoryChecker.FindViolation(history, Keys) is null);
            },
            iter: 20_000);

        // Neither answer is rare, so neither can hide the other.
        Assert.True(fine > 1000 && violated > 1000, $"{fine} fine, {violated} violated");
    }

    /// <summary>Histories of up to three clients with any answers at all, possible or not.</summary>
    private static Gen<KeyOperation[]> History { get; } = Gen.Select(
        Gen.Select(
            Gen.Int[0, 2],
            Gen.Enum<KeyAction>(),
            Gen.Int[0, Keys - 1],
            Gen.Int[0, 2],
            Gen.Int[1, 2],
            Gen.Enum<KeyOutcome>(),
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2])).Array[1, 5],
        Gen.Int[0, 9].Array[10]).Select(Arrange);

    /// <summary>Gives each operation a time: those of one client one after the other, those of several mixed.</summary>
    private static KeyOperation[] Arrange(
        (int Client, KeyAction Action, int Key, int Value, int Expected, KeyOutcome Outcome, (int, int) Listed)[] drawn,
        int[] order)
    {
        var times = new int[3];
        return [.. drawn.Select((one, at) =>
        {
            var began = times[one.Client] + 1 + order[at];
            var ended = began + 1 + order[^(at + 1)];
            times[one.Client] = ended;

            // No two events at one time.
            long At(int time, int side) => (time * 100L) + (at * 2) + side;
            var isRead = one.Action is KeyAction.Read or KeyAction.List;
            return new KeyOperation(
                one.Client,
                one.Action,
                one.Key,
                isRead || one.Value > 0 ? one.Value : at + 3,
                one.Expected,
                isRead ? KeyOutcome.Done : one.Outcome,
                At(began, 0),
                At(ended, 1))
            {
                Listed = [one.Listed.Item1, one.Listed.Item2],
            };
        })];
    }

    /// <summary>Tries every operation that may come first, and then every one that may come next.</summary>
    private static bool HasOrder(List<KeyOperation> left, int[] values)
    {
        if (left.TrueForAll(operation => operation.Outcome == KeyOutcome.Unknown))
        {
            return true;
        }

        foreach (var next in left)
        {
            if (left.Exists(other => other.Ended < next.Began && other.Outcome != KeyOutcome.Unknown))
            {
                continue;
            }

            var rest = left.Where(other => other != next && other.Ended >= next.Began).ToList();
            var changed = (int[])values.Clone();
            if (next.TryApply(changed) && HasOrder(rest, changed))
            {
                return true;
            }
        }

        return false;
    }

    private static KeyOperation Write(int client, int value, long began, long ended) =>
        new(client, KeyAction.Write, 0, value, 0, KeyOutcome.Done, began, ended);

    private static KeyOperation Read(int client, int value, long began, long ended) =>
        new(client, KeyAction.Read, 0, value, 0, KeyOutcome.Done, began, ended);

    private static KeyOperation List(int client, int[] values, long began, long ended) =>
        new(client, KeyAction.List, 0, 0, 0, KeyOutcome.Done, began, ended) { Listed = [.. values] };

    private static void AssertFine(params KeyOperation[] history) =>
        Assert.Null(HistoryChecker.FindViolation(history, Keys));

    private static void AssertViolated(params KeyOperation[] history) =>
        Assert.NotNull(HistoryChecker.FindViolation(history, Keys));
}

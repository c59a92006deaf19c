using System.Collections.Immutable;

namespace ObjectServer.Conformance.Linearizability;

/// <summary>What a client asked for.</summary>
internal enum KeyAction
{
    /// <summary>Reads one key.</summary>
    Read,

    /// <summary>Writes one key, whatever it holds.</summary>
    Write,

    /// <summary>Writes one key if it holds nothing.</summary>
    WriteIfAbsent,

    /// <summary>Writes one key if it holds a certain value.</summary>
    WriteIfMatch,

    /// <summary>Removes what one key holds.</summary>
    Delete,

    /// <summary>Removes what one key holds if it is a certain value, or nothing.</summary>
    DeleteIfMatch,

    /// <summary>Reads all keys at once.</summary>
    List,
}

/// <summary>What a client was told.</summary>
internal enum KeyOutcome
{
    /// <summary>It happened.</summary>
    Done,

    /// <summary>It did not happen: the key holds another value than the condition names.</summary>
    OtherValue,

    /// <summary>It did not happen: the key holds nothing, and the condition names a value.</summary>
    NoValue,

    /// <summary>Nothing: the server died. It happened once, some time before <see cref="KeyOperation.Ended"/>, or never.</summary>
    Unknown,
}

/// <summary>One operation, as the client that asked for it saw it. A value is a number above 0; 0 is no value.</summary>
/// <param name="Client">Whose it is, from 0. A client has one operation under way at a time.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="Key">The key's number, from 0; of no meaning for a listing.</param>
/// <param name="Value">The value to write, or the value that was read.</param>
/// <param name="Expected">The value that a condition names.</param>
/// <param name="Outcome">What the client was told.</param>
/// <param name="Began">When it was asked for, on a clock that all clients share and that never stands still.</param>
/// <param name="Ended">When the answer was there.</param>
internal sealed record KeyOperation(
    int Client, KeyAction Action, int Key, int Value, int Expected, KeyOutcome Outcome, long Began, long Ended)
{
    /// <summary>What a listing showed, by key.</summary>
    public ImmutableArray<int> Listed { get; init; } = [];

    /// <summary>Whether nothing changes through it.</summary>
    public bool IsRead =>
        Action is KeyAction.Read or KeyAction.List || Outcome is KeyOutcome.OtherValue or KeyOutcome.NoValue;

    /// <summary>Does it to the values of all keys, one operation after the other: the sequential model.</summary>
    /// <param name="values">What every key holds; changed in place where the operation changes it.</param>
    /// <returns>Whether the client could be told what it was told.</returns>
    public bool TryApply(int[] values)
    {
        switch (Action)
        {
            case KeyAction.List:
                return Outcome == KeyOutcome.Unknown || values.AsSpan().SequenceEqual(Listed.AsSpan());
            case KeyAction.Read:
                return Outcome == KeyOutcome.Unknown || values[Key] == Value;
        }

        var isMet = Action switch
        {
            KeyAction.WriteIfAbsent => values[Key] == 0,
            KeyAction.WriteIfMatch => values[Key] == Expected,

            // As with S3, what is not there is deleted, whatever it should have been.
            KeyAction.DeleteIfMatch => values[Key] == Expected || values[Key] == 0,
            _ => true,
        };
        switch (Outcome)
        {
            case KeyOutcome.OtherValue:
                return !isMet && values[Key] != 0;
            case KeyOutcome.NoValue:
                return !isMet && values[Key] == 0;
            case KeyOutcome.Done when !isMet:
                return false;
        }

        if (isMet)
        {
            values[Key] = Action is KeyAction.Delete or KeyAction.DeleteIfMatch ? 0 : Value;
        }

        return true;
    }
}

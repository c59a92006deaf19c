namespace ObjectServer.Policies;

/// <summary>A statement that was considered.</summary>
/// <param name="Policy">Where it stands; null where one policy alone was asked.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Failed">The first element that did not match; None: the statement applied.</param>
/// <param name="Condition">The condition that did not hold, if it was that.</param>
internal sealed record TracedStatement(
    NamedPolicy? Policy, PolicyStatement Statement, StatementElement Failed, PolicyCondition? Condition);

/// <summary>
/// Every statement that a decision considered and what became of it, for whoever asks why. A decision with a trace
/// looks at all statements, one without stops where it knows.
/// </summary>
internal sealed class PolicyTrace
{
    private readonly List<TracedStatement> _statements = [];

    public IReadOnlyList<TracedStatement> Statements => _statements;

    public void Add(TracedStatement statement) => _statements.Add(statement);
}

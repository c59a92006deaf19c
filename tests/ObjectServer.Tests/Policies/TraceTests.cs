using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>Why a decision is as it is.</summary>
public sealed class TraceTests
{
    [Fact]
    public void Every_statement_says_which_element_failed()
    {
        var trace = new PolicyTrace();
        var scene = new Scene
        {
            Keys = "aws:x=b",
            Bucket = "Allow for AWS=444455556666 s3:* on bucket/* + Deny for * s3:Put* on bucket/*",
            Identity = "Allow s3:* on other/* + Allow s3:* on bucket/* if {'Null':{'aws:x':'false'},'StringEquals':{'aws:x':'a'}} + "
                + "Allow s3:GetObject on bucket/*",
            Boundary = "Allow iam:* on * + Allow * on *",
        };

        Assert.Equal("IdentityPolicy 2", scene.Decide(trace));
        Assert.Equal(
            [
                "Resource[0] Principal", "Resource[1] Action", "UserInline[0] Resource", "UserInline[1] Condition StringEquals aws:x",
                "UserInline[2] None", "Boundary[0] Action", "Boundary[1] None",
            ],
            Show(trace));
    }

    [Fact]
    public void A_trace_goes_on_after_the_statement_that_decides()
    {
        var trace = new PolicyTrace();
        var scene = new Scene { Identity = "Deny s3:* on * + Allow s3:* on * + Deny s3:Get* on * + Allow iam:* on *" };

        Assert.Equal("DenyStatement 0", scene.Decide(trace));
        Assert.Equal(["UserInline[0] None", "UserInline[1] None", "UserInline[2] None", "UserInline[3] Action"], Show(trace));
    }

    [Fact]
    public void One_policy_alone_is_traced_too()
    {
        var trace = new PolicyTrace();
        var policy = Scene.Document(PolicyKind.Identity, "Allow s3:* on * + Deny s3:Put* on *");
        var evaluation = policy.Evaluate(
            new()
            {
                Principal = PolicyPrincipal.Anonymous,
                Action = "s3:PutObject",
                Resource = "arn:aws:s3:::bucket/key",
                Conditions = ConditionTable.Empty,
            },
            hasBoundary: false,
            trace,
            source: null);

        Assert.Equal((PolicyVerdict.Deny, 1), (evaluation.Verdict, evaluation.Statement!.Index));
        Assert.Equal(["[0] None", "[1] None"], Show(trace));
    }

    /// <summary>A key is asked for by the statements that get as far as that, and by no other.</summary>
    [Fact]
    public void Keys_are_asked_for_late()
    {
        var asked = new AskedKeys();
        var policy = Scene.Document(
            PolicyKind.Identity,
            "Allow s3:Put* on * if {'StringEquals':{'aws:a':'x'}} + Allow s3:* on other/* if {'StringEquals':{'aws:b':'x'}} + "
                + "Deny s3:Get* on * if {'StringEquals':{'aws:c':'x','aws:d':'x'}}");
        policy.Evaluate(new()
        {
            Principal = PolicyPrincipal.Anonymous,
            Action = "s3:GetObject",
            Resource = "arn:aws:s3:::bucket/key",
            Conditions = asked,
        });

        Assert.Equal(["aws:c"], asked.Keys);
    }

    private static IEnumerable<string> Show(PolicyTrace trace) => trace.Statements.Select(traced =>
        $"{traced.Policy?.Source}[{traced.Statement.Index}] {traced.Failed}"
        + (traced.Condition is null ? "" : $" {traced.Condition.OperatorName} {traced.Condition.Key}"));

    private sealed class AskedKeys : IConditionValues
    {
        public List<string> Keys { get; } = [];

        public bool TryGet(string key, out ConditionValues values)
        {
            Keys.Add(key);
            values = default;
            return false;
        }
    }
}

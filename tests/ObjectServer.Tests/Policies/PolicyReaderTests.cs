using System.Text;
using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>What is a policy, and what is said of what is none.</summary>
public sealed class PolicyReaderTests
{
    private const int MaxBytes = 20 * 1024;
    private const string Rest = "\"Action\":\"s3:GetObject\",\"Resource\":\"*\"";

    [Theory]
    // The document.
    [InlineData(PolicyKind.Resource, "", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, " {}", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, "[]", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, "{", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, "{} {}", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, "{'Version':'2012-10-17',}", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Resource, "{'Id':'\\ud800','Statement':[]}", "Policies must be valid JSON and the first byte must be '{'", "")]
    [InlineData(PolicyKind.Identity, "", "Syntax errors in policy.", "")]
    [InlineData(PolicyKind.Identity, "{}", "Syntax errors in policy.", "")]
    [InlineData(PolicyKind.Resource, "{}", "Missing required field Statement", "")]
    [InlineData(PolicyKind.Resource, "{'Statement':[]}", "Could not parse the policy: Statement is empty!", "Statement")]
    [InlineData(PolicyKind.Resource, "{'Statement':1}", "Invalid policy syntax.", "Statement")]
    [InlineData(PolicyKind.Resource, "{'Statement':['a']}", "Invalid policy syntax.", "Statement")]
    [InlineData(PolicyKind.Resource, "{'Version':'2013-10-17','Statement':[]}", "The policy must contain a valid version string", "Version")]
    [InlineData(PolicyKind.Resource, "{'Version':1,'Statement':[]}", "The policy must contain a valid version string", "Version")]
    [InlineData(PolicyKind.Resource, "{'version':'2012-10-17','Statement':[]}", "Unknown field version", "version")]
    [InlineData(PolicyKind.Resource, "{'Id':'a','Id':'b','Statement':[]}", "Invalid policy syntax.", "Id")]
    [InlineData(PolicyKind.Identity, "{'Id':'a','Statement':{'Effect':'Allow',REST}}", "Syntax errors in policy.", "Id")]
    // Statements.
    [InlineData(PolicyKind.Resource, "{'Statement':{'Principal':'*',REST}}", "Missing required field Effect", "Statement[0]")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'allow','Principal':'*',REST}}", "Invalid effect: allow", "Statement[0], Effect")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow',REST}}", "Missing required field Principal", "Statement[0]")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','Resource':'*'}}", "Missing required field Action", "Statement[0]")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:*'}}", "Missing required field Resource", "Statement[0]")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Sid':'A','Effekt':'Allow'}}", "Unknown field Effekt", "Statement[0] \"A\", Effekt")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Effect':'Allow','Principal':'*',REST}}", "Invalid policy syntax.", "Statement[0], Effect")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','NotAction':'s3:*',REST}}", "Invalid policy syntax.", "Statement[0], Action")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','NotPrincipal':'*',REST}}", "Invalid policy syntax.", "Statement[0], NotPrincipal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','NotResource':'*',REST}}", "Invalid policy syntax.", "Statement[0], Resource")]
    [InlineData(PolicyKind.Resource, "{'Statement':[{'Effect':'Allow','Principal':'*',REST},{'Effect':'Maybe'}]}", "Invalid effect: Maybe", "Statement[1], Effect")]
    [InlineData(PolicyKind.Resource, "{'Statement':[{'Sid':'A','Effect':'Allow','Principal':'*',REST},{'Sid':'A','Effect':'Deny','Principal':'*',REST}]}", "Duplicate statement ID in policy", "Statement[1] \"A\", Sid")]
    [InlineData(PolicyKind.Identity, "{'Statement':[{'Sid':'A','Effect':'Allow',REST},{'Sid':'A','Effect':'Deny',REST}]}", "Statement IDs (SID) in a single policy must be unique.", "Statement[1] \"A\", Sid")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Sid':'a b','Effect':'Allow',REST}}", "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*", "Statement[0], Sid")]
    // Principals.
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Principal':'*',REST}}", "Policy document should not specify a principal.", "Statement[0], Principal")]
    [InlineData(PolicyKind.Session, "{'Statement':{'Effect':'Allow','NotPrincipal':'*',REST}}", "Policy document should not specify a principal.", "Statement[0], NotPrincipal")]
    [InlineData(PolicyKind.Boundary, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'*'},REST}}", "Policy document should not specify a principal.", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'alice',REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':[]},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'aws':'*'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':['*'],REST}}", "Invalid policy syntax.", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':1},REST}}", "Invalid policy syntax.", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'11112222333'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:user/*'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:user/'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:group/a'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::cloudfront:user/a'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/a'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/a/*'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'CanonicalUser':'abc'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'Service':'*'},REST}}", "Invalid principal in policy", "Statement[0], Principal")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'*','AWS':'*'},REST}}", "Invalid policy syntax.", "Statement[0], Principal")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'bob'},'Action':'sts:AssumeRole'}}", "Invalid principal in policy: \"AWS\":\"bob\"", "Statement[0], Principal")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Action':'sts:AssumeRole'}}", "AssumeRole policy must contain principals.", "Statement[0]")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:GetObject'}}", "AssumeRole policy may only specify STS AssumeRole actions.", "Statement[0], Action")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'*'}}", "AssumeRole policy may only specify STS AssumeRole actions.", "Statement[0], Action")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'sts:AssumeRole','Resource':'*'}}", "Has prohibited field Resource", "Statement[0], Resource")]
    // Actions.
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':[],'Resource':'*'}}", "Policy statement must contain actions.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Resource':'*'}}", "Policy statement must contain actions.", "Statement[0]")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'GetObject','Resource':'*'}}", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':':GetObject','Resource':'*'}}", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'ec2:ec2:RunInstances','Resource':'*'}}", "Actions/Condition can contain only one colon.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s*:GetObject','Resource':'*'}}", "Vendor s* is not valid", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:','Resource':'*'}}", "Syntax errors in policy.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:Get Object','Resource':'*'}}", "Syntax errors in policy.", "Statement[0], Action")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':['s3:*',null],'Resource':'*'}}", "Syntax errors in policy.", "Statement[0], Action")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'invalid_action','Resource':'*'}}", "Policy has invalid action", "Statement[0], Action")]
    // Resources.
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*'}}", "Policy statement must contain resources.", "Statement[0]")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*','NotResource':[]}}", "Policy statement must contain resources.", "Statement[0], NotResource")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'bucket'}}", "Resource bucket must be in ARN format or \"*\".", "Statement[0], Resource")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':''}}", "Resource  must be in ARN format or \"*\".", "Statement[0], Resource")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3::bucket'}}", "Resource arn:aws:s3::bucket must be in ARN format or \"*\".", "Statement[0], Resource")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:*:::bucket'}}", "Resource arn:aws:*:::bucket must be in ARN format or \"*\".", "Statement[0], Resource")]
    [InlineData(PolicyKind.Identity, "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3::${aws:x}:bucket'}}", "Resource arn:aws:s3::${aws:x}:bucket must be in ARN format or \"*\".", "Statement[0], Resource")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':['*','bucket/*']}}", "Policy has invalid resource", "Statement[0], Resource")]
    // Conditions.
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'StringIs':{'aws:x':'a'}}}}", "Invalid Condition type : StringIs", "Statement[0], Condition")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'ForSome:StringEquals':{'aws:x':'a'}}}}", "Invalid Condition type : ForSome:StringEquals", "Statement[0], Condition")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'NullIfExists':{'aws:x':'true'}}}}", "Invalid Condition type : NullIfExists", "Statement[0], Condition")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'IfExists':{'aws:x':'true'}}}}", "Invalid Condition type : IfExists", "Statement[0], Condition")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'BoolNotEquals':{'aws:x':'true'}}}}", "Invalid Condition type : BoolNotEquals", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':[]}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':'true'}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'aws:x':[]}}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'aws:x':null}}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'aws:x':[['a']]}}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'aws:x':'true','AWS:x':'true'}}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'aws:x':'true'},'Bool':{'aws:y':'true'}}}}", "Invalid policy syntax.", "Statement[0], Condition")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':'*',REST,'Condition':{'Bool':{'prefix':'true'}}}}", "Policy has an invalid condition key", "Statement[0], Condition")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'Bool':{'prefix':'true'}}}}", "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "Statement[0], Condition")]
    public void What_is_no_policy(object kind, string json, string message, string where)
    {
        Assert.False(PolicyDocument.TryParse(Bytes(json), (PolicyKind)kind, MaxBytes, out _, out var error));
        Assert.Equal(new PolicyError(message, where), error);
    }

    [Theory]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST}}")]
    [InlineData(PolicyKind.Identity, "{'Version':'2012-10-17','Statement':[{'Effect':'Allow',REST},{'Sid':'1','Effect':'Deny',REST}]}")]
    [InlineData(PolicyKind.Identity, "{'Statement':[{'Sid':'','Effect':'Allow',REST},{'Sid':'','Effect':'Deny',REST}],'Version':'2008-10-17'}")]
    [InlineData(PolicyKind.Session, "{'Statement':{'Effect':'Allow','NotAction':['iam:*'],'NotResource':['arn:aws:s3:::a','arn:aws:s3:::a/*']}}")]
    [InlineData(PolicyKind.Boundary, "{'Statement':{'Effect':'Allow',REST,'Condition':{}}}")]
    [InlineData(PolicyKind.Identity, "{'Statement':{'Effect':'Allow',REST,'Condition':{'Bool':{'aws:x':true},'NumericEquals':{'s3:max-keys':[1,2.5,-3e2]}}}}")]
    [InlineData(PolicyKind.Resource, "{'Id':'a b','Statement':{'Sid':'May be read by all.','Effect':'Allow','Principal':'*',REST}}")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','Principal':{'AWS':['*','111122223333'],'CanonicalUser':['4444444444444444444444444444444444444444444444444444444444444444'],'Service':'cloudtrail.amazonaws.com','Federated':'arn:aws:iam::111122223333:saml-provider/okta'},REST}}")]
    [InlineData(PolicyKind.Resource, "{'Statement':{'Effect':'Allow','NotPrincipal':{'AWS':'arn:aws-cn:iam::111122223333:role/a/b/c'},REST}}")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':{'Service':'s3.amazonaws.com'},'Action':['sts:AssumeRole','sts:TagSession']}}")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':{'Federated':'accounts.google.com'},'Action':'sts:AssumeRoleWithWebIdentity'}}")]
    [InlineData(PolicyKind.Trust, "{'Statement':{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:root'},'Action':'sts:*'}}")]
    public void What_is_a_policy(object kind, string json)
    {
        Assert.True(PolicyDocument.TryParse(Bytes(json), (PolicyKind)kind, MaxBytes, out var policy, out var error), $"{error}");
        Assert.NotEmpty(policy.Statements);
    }

    [Fact]
    public void A_document_is_read_whole()
    {
        var policy = PolicyDocument.Parse(
            Bytes("{'Version':'2012-10-17','Id':'me','Statement':[{'Sid':'A','Effect':'Deny','NotPrincipal':{'AWS':'111122223333'},"
                + "'NotAction':['s3:Get*','s3:List*'],'NotResource':'arn:aws:s3:::b/*','Condition':{'ForAnyValue:StringNotLikeIfExists':{'aws:x':['a','b']}}}]}"),
            PolicyKind.Resource,
            MaxBytes);
        Assert.Equal(("2012-10-17", "me", PolicyKind.Resource), (policy.Version, policy.Id, policy.Kind));
        var statement = Assert.Single(policy.Statements);
        Assert.Equal(("A", PolicyEffect.Deny, 0), (statement.Sid, statement.Effect, statement.Index));
        Assert.True(statement is { IsNotPrincipal: true, IsNotAction: true, IsNotResource: true });
        Assert.Equal(new PrincipalPattern(PrincipalNameKind.Account, "111122223333"), Assert.Single(statement.Principals));
        Assert.Equal(["s3:Get*", "s3:List*"], statement.Actions.Select(action => action.Text));
        Assert.Equal("arn:aws:s3:::b/*", Assert.Single(statement.Resources).Text);
        var condition = Assert.Single(statement.Conditions);
        Assert.Equal("ForAnyValue:StringNotLikeIfExists", condition.OperatorName);
        Assert.Equal(
            new ConditionOperator(ConditionComparison.StringLike, IsNegated: true, ConditionSet.ForAnyValue, IsIfExists: true),
            condition.Operator);
        Assert.Equal(["a", "b"], condition.Tests.Select(test => test.Text));
    }

    [Fact]
    public void Condition_keys_are_those_of_conditions_and_variables()
    {
        var policy = Scene.Document(
            PolicyKind.Identity,
            "Allow s3:* on b/${aws:username}/* if {'StringEquals':{'s3:prefix':'${aws:PrincipalTag/team}'},'Null':{'AWS:UserName':'true'}}");
        Assert.Equal(["aws:PrincipalTag/team", "aws:username", "s3:prefix"], policy.ConditionKeys);
    }

    [Fact]
    public void White_space_does_not_count()
    {
        var text = "{ \"Statement\":\n\t[{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::é😀\"}]}";
        var policy = PolicyDocument.Parse(text, PolicyKind.Identity, MaxBytes);
        Assert.Equal(text.EnumerateRunes().Count(rune => !Rune.IsWhiteSpace(rune)), policy.Characters);
    }

    [Fact]
    public void A_document_is_no_longer_than_allowed()
    {
        var json = Bytes("{'Statement':{'Effect':'Allow',REST}}");
        PolicyDocument.Parse(json, PolicyKind.Identity, json.Length);
        Assert.Contains("size", Assert.Throws<PolicyException>(
            () => PolicyDocument.Parse(json, PolicyKind.Identity, json.Length - 1)).Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{\"a\":", 50_000)]
    [InlineData("{\"Statement\":", 20_000)]
    [InlineData("{\"Statement\":[", 20_000)]
    public void A_document_nests_no_deeper_than_policies_do(string piece, int times)
    {
        var text = "{\"Statement\":" + string.Concat(Enumerable.Repeat(piece, times));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(PolicyDocument.TryParse(Encoding.UTF8.GetBytes(text), PolicyKind.Resource, int.MaxValue, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (3L * text.Length) + (256 * 1024));
    }

    [Fact]
    public void Stars_without_end_match_in_bounded_time()
    {
        // Backtracking into every star would outlast the universe.
        var pattern = PolicyPattern.Compile(string.Concat(Enumerable.Repeat("a*", 2_000)) + "b", PatternOptions.Wildcards);
        Assert.False(pattern.Matches(new string('a', 10_000)));
    }

    private static byte[] Bytes(string json) =>
        Encoding.UTF8.GetBytes(json.Replace('\'', '"').Replace("REST", Rest, StringComparison.Ordinal));
}

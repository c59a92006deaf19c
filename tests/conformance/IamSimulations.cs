namespace ObjectServer.Conformance;

/// <summary>Simulations of policies by the engine that decides of requests.</summary>
public sealed class IamSimulations(ServerFixture server)
{
    private const string Readers = """
        {"Version":"2012-10-17","Statement":[
          {"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"},
          {"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*/secret",
           "Condition":{"StringNotEquals":{"s3:ExistingObjectTag/open":"yes"}}}]}
        """;

    private const string Writers =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}""";

    private const string NoS3 =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}""";

    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task A_custom_policy_is_decided_for_every_action_and_resource()
    {
        var answer = await _iam.CallAsync(
            "SimulateCustomPolicy",
            ("PolicyInputList.member.1", Readers),
            ("ActionNames.member.1", "s3:GetObject"), ("ActionNames.member.2", "s3:PutObject"),
            ("ResourceArns.member.1", "arn:aws:s3:::b/alice/x"),
            ("ResourceArns.member.2", "arn:aws:s3:::b/alice/secret"),
            ("ContextEntries.member.1.ContextKeyName", "aws:username"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", "alice"));

        Assert.Equal(
            ["allowed", "explicitDeny", "implicitDeny", "implicitDeny"],
            answer.Text.Split("<EvalDecision>")[1..].Select(text => text.Split('<')[0]));
        Assert.Contains(
            "<SourcePolicyId>PolicyInputList.1</SourcePolicyId><SourcePolicyType>user</SourcePolicyType>"
            + "<StartPosition><Line>2</Line><Column>3</Column></StartPosition>"
            + "<EndPosition><Line>2</Line><Column>104</Column></EndPosition>",
            answer.Text,
            StringComparison.Ordinal);
        Assert.Contains(
            "<MissingContextValues><member>s3:ExistingObjectTag/open</member></MissingContextValues>",
            answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_is_simulated_with_all_that_it_has()
    {
        var name = IamClient.NewName();
        await _iam.CallAsync("CreateUser", ("UserName", name));
        await _iam.CallAsync("PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", Readers));
        await _iam.CallAsync(
            "PutUserPermissionsBoundary", ("UserName", name),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/IAMFullAccess"));
        (string, string)[] question =
        [
            ("PolicySourceArn", $"arn:aws:iam::000000000000:user/{name}"), ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceArns.member.1", $"arn:aws:s3:::b/{name}/x"),
        ];

        var bounded = await _iam.CallAsync("SimulatePrincipalPolicy", question);
        Assert.Equal(
            ("implicitDeny", "false"),
            (bounded.Element("EvalDecision"), bounded.Element("AllowedByPermissionsBoundary")));
        await _iam.CallAsync("DeleteUserPermissionsBoundary", ("UserName", name));
        Assert.Equal("allowed", (await _iam.CallAsync("SimulatePrincipalPolicy", question)).Element("EvalDecision"));
        Assert.Equal("explicitDeny", (await _iam.CallAsync(
            "SimulatePrincipalPolicy",
            [.. question, ("PolicyInputList.member.1", NoS3)]))
            .Element("EvalDecision"));

        (await _iam.SendAsync(
            "SimulatePrincipalPolicy",
            [("PolicySourceArn", "arn:aws:iam::000000000000:user/nobody"), .. question[1..]]))
            .AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync(
            "SimulatePrincipalPolicy",
            [("PolicySourceArn", "arn:aws:iam::999999999999:user/nobody"), .. question[1..]]))
            .AssertRefused(400, "InvalidInput");
    }

    [Fact]
    public async Task The_policy_of_a_resource_has_its_say()
    {
        var answer = await _iam.CallAsync(
            "SimulateCustomPolicy",
            ("PolicyInputList.member.1", Writers),
            ("ActionNames.member.1", "s3:GetObject"), ("ResourceArns.member.1", "arn:aws:s3:::b/k"),
            ("CallerArn", "arn:aws:iam::000000000000:user/alice"),
            ("ResourcePolicy", """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",
                 "Principal":{"AWS":"arn:aws:iam::000000000000:user/alice"},"Resource":"arn:aws:s3:::b/*"}]}
                """));

        Assert.Equal("allowed", answer.Element("EvalDecision"));
        Assert.Equal("resource", answer.Element("SourcePolicyType"));
    }

    [Fact]
    public async Task The_condition_keys_of_policies_are_named()
    {
        var answer = await _iam.CallAsync("GetContextKeysForCustomPolicy", ("PolicyInputList.member.1", Readers));

        Assert.Contains(
            "<ContextKeyNames><member>aws:username</member>"
            + "<member>s3:ExistingObjectTag/open</member></ContextKeyNames>",
            answer.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_belongs_to_other_services_is_refused()
    {
        (await _iam.SendAsync(
            "SimulateCustomPolicy", ("PolicyInputList.member.1", Readers), ("ActionNames.member.1", "s3:GetObject"),
            ("ResourceHandlingOption", "EC2-VPC-EBS"))).AssertRefused(400, "InvalidInput");
        (await _iam.SendAsync("SimulateCustomPolicy", ("ActionNames.member.1", "s3:GetObject")))
            .AssertRefused(400, "ValidationError");
    }
}

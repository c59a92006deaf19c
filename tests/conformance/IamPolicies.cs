namespace ObjectServer.Conformance;

/// <summary>Inline and managed policies, their versions, and what they are attached to.</summary>
public sealed class IamPolicies(ServerFixture server)
{
    private const string Other =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}]}""";

    private const string Resource = "\"Resource\":\"arn:aws:s3:::";

    private readonly IamClient _iam = new(server);

    [Theory]
    [InlineData("User")]
    [InlineData("Group")]
    [InlineData("Role")]
    public async Task Inline_policies_are_kept_to_the_byte(string kind)
    {
        var holder = await NewHolderAsync(kind);
        (string, string)[] policy = [holder, ("PolicyName", "p1")];
        const string spaced = "{ \"Version\": \"2012-10-17\",\n\t\"Statement\": "
            + "{ \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\" } }";
        (await _iam.SendAsync($"Get{kind}Policy", policy)).AssertRefused(404, "NoSuchEntity");

        await _iam.CallAsync($"Put{kind}Policy", [.. policy, ("PolicyDocument", spaced)]);
        await _iam.CallAsync($"Put{kind}Policy", holder, ("PolicyName", "p0"), ("PolicyDocument", Other));

        var found = await _iam.CallAsync($"Get{kind}Policy", policy);
        Assert.Equal(spaced, IamClient.Decoded(found.Element("PolicyDocument")));
        Assert.Equal((holder.Value, "p1"), (found.Element(kind + "Name"), found.Element("PolicyName")));
        Assert.Contains(
            "<PolicyNames><member>p0</member><member>p1</member></PolicyNames>",
            (await _iam.CallAsync($"List{kind}Policies", holder)).Text,
            StringComparison.Ordinal);
        await _iam.CallAsync($"Delete{kind}Policy", policy);
        (await _iam.SendAsync($"Delete{kind}Policy", policy)).AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync($"Delete{kind}", holder)).AssertRefused(409, "DeleteConflict");
        (await _iam.SendAsync(
            $"Put{kind}Policy", (kind + "Name", "nobody"), ("PolicyName", "p"), ("PolicyDocument", Other)))
            .AssertRefused(404, "NoSuchEntity");
    }

    [Theory]
    [InlineData("User", 2048)]
    [InlineData("Group", 5120)]
    [InlineData("Role", 10_240)]
    public async Task Inline_policies_together_have_a_size_without_white_space(string kind, int characters)
    {
        var holder = await NewHolderAsync(kind);

        await _iam.CallAsync(
            $"Put{kind}Policy", holder, ("PolicyName", "a"), ("PolicyDocument", Sized(characters) + "   "));
        (await _iam.SendAsync($"Put{kind}Policy", holder, ("PolicyName", "b"), ("PolicyDocument", Sized(200))))
            .AssertRefused(409, "LimitExceeded");
        (await _iam.SendAsync(
            $"Put{kind}Policy", holder, ("PolicyName", "a"), ("PolicyDocument", Sized(characters + 1))))
            .AssertRefused(409, "LimitExceeded");
    }

    [Theory]
    [InlineData("{", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}""", "must contain actions")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}""", "must contain resources")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}]}""",
        "should not specify a principal")]
    public async Task What_is_no_policy_is_refused_with_the_reason(string document, string reason)
    {
        var holder = await NewHolderAsync("User");
        var answer = await _iam.SendAsync("PutUserPolicy", holder, ("PolicyName", "p"), ("PolicyDocument", document));

        answer.AssertRefused(400, "MalformedPolicyDocument");
        Assert.Contains(reason, answer.Element("Message"), StringComparison.Ordinal);
        (await _iam.SendAsync("CreatePolicy", ("PolicyName", IamClient.NewName()), ("PolicyDocument", document)))
            .AssertRefused(400, "MalformedPolicyDocument");
    }

    [Fact]
    public async Task A_managed_policy_has_up_to_five_versions_of_which_one_counts()
    {
        var name = IamClient.NewName();
        var made = await _iam.CallAsync(
            "CreatePolicy", ("PolicyName", name), ("Path", "/p/"), ("Description", "d"),
            ("PolicyDocument", IamClient.AnyAction),
            ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v"));
        var arn = $"arn:aws:iam::000000000000:policy/p/{name}";
        Assert.Equal(
            (arn, "v1", "0"),
            (made.Element("Arn"), made.Element("DefaultVersionId"), made.Element("AttachmentCount")));
        Assert.StartsWith("ANPA", made.Element("PolicyId"), StringComparison.Ordinal);
        (await _iam.SendAsync("CreatePolicy", ("PolicyName", name), ("PolicyDocument", Other)))
            .AssertRefused(409, "EntityAlreadyExists");

        var second = await _iam.CallAsync("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other));
        Assert.Equal(("v2", "false"), (second.Element("VersionId"), second.Element("IsDefaultVersion")));
        var third = await _iam.CallAsync(
            "CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other), ("SetAsDefault", "true"));
        Assert.Equal(("v3", "true"), (third.Element("VersionId"), third.Element("IsDefaultVersion")));
        await _iam.CallAsync("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other));
        await _iam.CallAsync("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other));
        (await _iam.SendAsync("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other)))
            .AssertRefused(409, "LimitExceeded");
        Assert.Equal(
            ["v5", "v4", "v3", "v2", "v1"],
            (await _iam.CallAsync("ListPolicyVersions", ("PolicyArn", arn))).Text.Split("<VersionId>")[1..]
                .Select(text => text.Split('<')[0]));

        (await _iam.SendAsync("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", "v3")))
            .AssertRefused(409, "DeleteConflict");
        await _iam.CallAsync("SetDefaultPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"));
        await _iam.CallAsync("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", "v3"));
        (await _iam.SendAsync("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", "v3")))
            .AssertRefused(404, "NoSuchEntity");
        var first = await _iam.CallAsync("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"));
        Assert.Equal(IamClient.AnyAction, IamClient.Decoded(first.Element("Document")));
        Assert.Equal("v6", (await _iam.CallAsync(
            "CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other))).Element("VersionId"));

        (await _iam.SendAsync("DeletePolicy", ("PolicyArn", arn))).AssertRefused(409, "DeleteConflict");
        foreach (var version in (string[])["v2", "v4", "v5", "v6"])
        {
            await _iam.CallAsync("DeletePolicyVersion", ("PolicyArn", arn), ("VersionId", version));
        }

        var found = await _iam.CallAsync("GetPolicy", ("PolicyArn", arn));
        Assert.Equal(("d", "k"), (found.Element("Description"), found.Element("Key")));
        await _iam.CallAsync("UntagPolicy", ("PolicyArn", arn), ("TagKeys.member.1", "k"));
        Assert.Null((await _iam.CallAsync("ListPolicyTags", ("PolicyArn", arn))).Element("Key"));
        await _iam.CallAsync("DeletePolicy", ("PolicyArn", arn));
        (await _iam.SendAsync("GetPolicy", ("PolicyArn", arn))).AssertRefused(404, "NoSuchEntity");
    }

    [Theory]
    [InlineData("User")]
    [InlineData("Group")]
    [InlineData("Role")]
    public async Task What_is_attached_is_shown_from_both_sides(string kind)
    {
        var holder = await NewHolderAsync(kind);
        var arn = (await _iam.CallAsync(
            "CreatePolicy", ("PolicyName", IamClient.NewName()), ("PolicyDocument", IamClient.AnyAction)))
            .Element("Arn")!;
        await _iam.CallAsync($"Attach{kind}Policy", holder, ("PolicyArn", arn));
        await _iam.CallAsync($"Attach{kind}Policy", holder, ("PolicyArn", arn));

        Assert.Equal(arn, (await _iam.CallAsync($"ListAttached{kind}Policies", holder)).Element("PolicyArn"));
        Assert.Equal("1", (await _iam.CallAsync("GetPolicy", ("PolicyArn", arn))).Element("AttachmentCount"));
        var entities = await _iam.CallAsync("ListEntitiesForPolicy", ("PolicyArn", arn));
        Assert.Equal(holder.Value, entities.Element(kind + "Name"));
        Assert.Null((await _iam.CallAsync(
            "ListEntitiesForPolicy", ("PolicyArn", arn), ("PolicyUsageFilter", "PermissionsBoundary")))
            .Element(kind + "Name"));
        (await _iam.SendAsync("DeletePolicy", ("PolicyArn", arn))).AssertRefused(409, "DeleteConflict");

        await _iam.CallAsync($"Detach{kind}Policy", holder, ("PolicyArn", arn));
        (await _iam.SendAsync($"Detach{kind}Policy", holder, ("PolicyArn", arn))).AssertRefused(404, "NoSuchEntity");
        await _iam.CallAsync("DeletePolicy", ("PolicyArn", arn));
        (await _iam.SendAsync($"Attach{kind}Policy", holder, ("PolicyArn", arn))).AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync($"Attach{kind}Policy", holder, ("PolicyArn", "arn:aws:iam::aws:user/AmazonS3FullAccess")))
            .AssertRefused(400, "InvalidInput");
    }

    [Fact]
    public async Task Ten_policies_are_attached_at_most()
    {
        var holder = await NewHolderAsync("User");
        for (var number = 0; number < 11; number++)
        {
            var arn = (await _iam.CallAsync(
                "CreatePolicy", ("PolicyName", $"{holder.Value}-{number}"), ("PolicyDocument", Other))).Element("Arn")!;
            var answer = await _iam.SendAsync("AttachUserPolicy", holder, ("PolicyArn", arn));
            Assert.Equal(number < 10 ? 200 : 409, answer.Status);
        }
    }

    [Fact]
    public async Task The_policies_of_AWS_are_found_and_not_changed()
    {
        const string arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

        Assert.Contains(arn, (await _iam.CallAsync("ListPolicies", ("Scope", "AWS"))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            arn, (await _iam.CallAsync("ListPolicies", ("Scope", "Local"))).Text, StringComparison.Ordinal);
        var version = await _iam.CallAsync("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"));
        Assert.Contains("s3:*", IamClient.Decoded(version.Element("Document")), StringComparison.Ordinal);
        (await _iam.SendAsync("DeletePolicy", ("PolicyArn", arn))).AssertRefused(403, "AccessDenied");
        (await _iam.SendAsync("CreatePolicyVersion", ("PolicyArn", arn), ("PolicyDocument", Other)))
            .AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task A_policy_has_6144_characters_at_most()
    {
        var name = IamClient.NewName();

        await _iam.CallAsync("CreatePolicy", ("PolicyName", name), ("PolicyDocument", Sized(6144)));
        (await _iam.SendAsync("CreatePolicy", ("PolicyName", name + "2"), ("PolicyDocument", Sized(6145))))
            .AssertRefused(409, "LimitExceeded");
    }

    /// <summary>A policy of so many characters.</summary>
    private static string Sized(int characters)
    {
        const string before = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",""" + Resource;
        const string after = "\"}]}";
        return before + new string('b', characters - before.Length - after.Length) + after;
    }

    private async Task<Holder> NewHolderAsync(string kind)
    {
        var name = IamClient.NewName();
        (string, string)[] more = kind == "Role" ? [("AssumeRolePolicyDocument", IamClient.AnyoneTrusted)] : [];
        await _iam.CallAsync($"Create{kind}", [(kind + "Name", name), .. more]);
        return new(kind + "Name", name);
    }

    /// <summary>A user, a group or a role: the parameter that names it.</summary>
    private readonly record struct Holder(string Parameter, string Value)
    {
        public static implicit operator (string, string)(Holder holder) => (holder.Parameter, holder.Value);
    }
}

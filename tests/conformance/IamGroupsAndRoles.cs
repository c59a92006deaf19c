namespace ObjectServer.Conformance;

/// <summary>Groups and roles of IAM.</summary>
public sealed class IamGroupsAndRoles(ServerFixture server)
{
    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task A_group_shows_its_users()
    {
        var (group, user) = (IamClient.NewName(), IamClient.NewName());
        var made = await _iam.CallAsync("CreateGroup", ("GroupName", group), ("Path", "/g/"));
        Assert.StartsWith("AGPA", made.Element("GroupId"), StringComparison.Ordinal);
        Assert.Equal($"arn:aws:iam::000000000000:group/g/{group}", made.Element("Arn"));
        (await _iam.SendAsync("CreateGroup", ("GroupName", group.ToUpperInvariant())))
            .AssertRefused(409, "EntityAlreadyExists");
        await _iam.CallAsync("CreateUser", ("UserName", user));

        await _iam.CallAsync("AddUserToGroup", ("GroupName", group), ("UserName", user));
        await _iam.CallAsync("AddUserToGroup", ("GroupName", group), ("UserName", user));
        Assert.Equal(user, (await _iam.CallAsync("GetGroup", ("GroupName", group))).Element("UserName"));
        Assert.Equal(group, (await _iam.CallAsync("ListGroupsForUser", ("UserName", user))).Element("GroupName"));
        (await _iam.SendAsync("DeleteGroup", ("GroupName", group))).AssertRefused(409, "DeleteConflict");

        await _iam.CallAsync("UpdateGroup", ("GroupName", group), ("NewGroupName", group + "2"), ("NewPath", "/h/"));
        Assert.Equal(
            $"arn:aws:iam::000000000000:group/h/{group}2",
            (await _iam.CallAsync("ListGroups", ("PathPrefix", "/h/"))).Text.Split("<Arn>")[1..]
                .Select(text => text.Split('<')[0]).Single(arn => arn.EndsWith(group + "2", StringComparison.Ordinal)));
        Assert.Equal(group + "2", (await _iam.CallAsync("ListGroupsForUser", ("UserName", user))).Element("GroupName"));

        await _iam.CallAsync("RemoveUserFromGroup", ("GroupName", group + "2"), ("UserName", user));
        (await _iam.SendAsync("RemoveUserFromGroup", ("GroupName", group + "2"), ("UserName", user)))
            .AssertRefused(404, "NoSuchEntity");
        await _iam.CallAsync("DeleteGroup", ("GroupName", group + "2"));
        (await _iam.SendAsync("GetGroup", ("GroupName", group + "2"))).AssertRefused(404, "NoSuchEntity");
    }

    [Fact]
    public async Task A_user_is_in_ten_groups_at_most()
    {
        var user = IamClient.NewName();
        await _iam.CallAsync("CreateUser", ("UserName", user));
        for (var number = 0; number < 11; number++)
        {
            await _iam.CallAsync("CreateGroup", ("GroupName", $"{user}-{number}"));
            var answer = await _iam.SendAsync(
                "AddUserToGroup", ("GroupName", $"{user}-{number}"), ("UserName", user));
            if (number < 10)
            {
                answer.AssertOk();
            }
            else
            {
                answer.AssertRefused(409, "LimitExceeded");
            }
        }
    }

    [Fact]
    public async Task A_role_is_made_changed_and_deleted()
    {
        var role = IamClient.NewName();
        var made = await _iam.CallAsync(
            "CreateRole", ("RoleName", role), ("Path", "/r/"), ("Description", "nightly"),
            ("MaxSessionDuration", "7200"), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted));
        Assert.StartsWith("AROA", made.Element("RoleId"), StringComparison.Ordinal);
        Assert.Equal($"arn:aws:iam::000000000000:role/r/{role}", made.Element("Arn"));
        Assert.Equal(IamClient.AnyoneTrusted, IamClient.Decoded(made.Element("AssumeRolePolicyDocument")));
        Assert.Equal(("nightly", "7200"), (made.Element("Description"), made.Element("MaxSessionDuration")));
        (await _iam.SendAsync(
            "CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted)))
            .AssertRefused(409, "EntityAlreadyExists");

        await _iam.CallAsync("UpdateRole", ("RoleName", role), ("MaxSessionDuration", "3600"));
        var described = await _iam.CallAsync(
            "UpdateRoleDescription", ("RoleName", role), ("Description", "weekly"));
        Assert.Equal(("weekly", "3600"), (described.Element("Description"), described.Element("MaxSessionDuration")));
        const string trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}
            """;
        await _iam.CallAsync("UpdateAssumeRolePolicy", ("RoleName", role), ("PolicyDocument", trust));
        var changed = await _iam.CallAsync("GetRole", ("RoleName", role));
        Assert.Equal(trust, IamClient.Decoded(changed.Element("AssumeRolePolicyDocument")));

        await _iam.CallAsync(
            "TagRole", ("RoleName", role), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v"));
        Assert.Equal("v", (await _iam.CallAsync("ListRoleTags", ("RoleName", role))).Element("Value"));
        await _iam.CallAsync("UntagRole", ("RoleName", role), ("TagKeys.member.1", "k"));
        await _iam.CallAsync(
            "PutRolePermissionsBoundary", ("RoleName", role),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"));
        Assert.Equal(
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            (await _iam.CallAsync("GetRole", ("RoleName", role))).Element("PermissionsBoundaryArn"));
        await _iam.CallAsync("DeleteRolePermissionsBoundary", ("RoleName", role));
        (await _iam.SendAsync("DeleteRolePermissionsBoundary", ("RoleName", role))).AssertRefused(404, "NoSuchEntity");

        await _iam.CallAsync("DeleteRole", ("RoleName", role));
        (await _iam.SendAsync("GetRole", ("RoleName", role))).AssertRefused(404, "NoSuchEntity");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}""")]
    [InlineData("""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject"}]}
        """)]
    public async Task A_trust_policy_that_is_none_is_refused(string trust) => (await _iam.SendAsync(
        "CreateRole", ("RoleName", IamClient.NewName()), ("AssumeRolePolicyDocument", trust)))
        .AssertRefused(400, "MalformedPolicyDocument");

    [Theory]
    [InlineData("3599")]
    [InlineData("43201")]
    public async Task Sessions_last_an_hour_to_twelve(string seconds) => (await _iam.SendAsync(
        "CreateRole", ("RoleName", IamClient.NewName()), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted),
        ("MaxSessionDuration", seconds))).AssertRefused(400, "ValidationError");

    [Fact]
    public async Task Roles_are_listed_by_path()
    {
        var path = $"/{IamClient.NewName()}/";
        foreach (var name in (string[])["b", "a"])
        {
            await _iam.CallAsync(
                "CreateRole", ("RoleName", path.Trim('/') + name), ("Path", path),
                ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted));
        }

        var list = await _iam.CallAsync("ListRoles", ("PathPrefix", path));
        Assert.Equal(
            [path.Trim('/') + "a", path.Trim('/') + "b"],
            list.Text.Split("<RoleName>")[1..].Select(text => text.Split('<')[0]));
    }
}

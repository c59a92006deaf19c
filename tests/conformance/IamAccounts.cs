namespace ObjectServer.Conformance;

/// <summary>What IAM says of the account, and of everything in it at once.</summary>
public sealed class IamAccounts(ServerFixture server)
{
    /// <summary>The parameter that names a provider.</summary>
    private const string Arn = "OpenIDConnectProviderArn";

    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task The_summary_counts()
    {
        var before = await CountAsync("Users");
        await _iam.CallAsync("CreateUser", ("UserName", IamClient.NewName()));

        Assert.True(await CountAsync("Users") > before);
        Assert.Equal(2, await CountAsync("AccessKeysPerUserQuota"));
        Assert.Equal(1, await CountAsync("AccountAccessKeysPresent"));

        async Task<int> CountAsync(string name) => int.Parse(
            (await _iam.CallAsync("GetAccountSummary")).Text
                .Split($"<entry><key>{name}</key><value>")[1].Split('<')[0],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task An_alias_is_given_shown_and_taken_away()
    {
        var alias = "a-" + IamClient.NewName();
        await _iam.CallAsync("CreateAccountAlias", ("AccountAlias", alias));

        Assert.Contains(
            $"<AccountAliases><member>{alias}</member></AccountAliases>",
            (await _iam.CallAsync("ListAccountAliases")).Text,
            StringComparison.Ordinal);
        (await _iam.SendAsync("DeleteAccountAlias", ("AccountAlias", "other"))).AssertRefused(404, "NoSuchEntity");
        await _iam.CallAsync("DeleteAccountAlias", ("AccountAlias", alias));
        Assert.Contains(
            "<AccountAliases></AccountAliases>",
            (await _iam.CallAsync("ListAccountAliases")).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("-dash")]
    [InlineData("double--dash")]
    [InlineData("dash-")]
    public async Task An_alias_is_a_part_of_a_domain_name(string alias) =>
        (await _iam.SendAsync("CreateAccountAlias", ("AccountAlias", alias))).AssertRefused(400, "ValidationError");

    [Fact]
    public async Task The_details_show_everything_in_pages()
    {
        var (user, group) = (IamClient.NewName(), IamClient.NewName());
        await _iam.CallAsync("CreateUser", ("UserName", user));
        await _iam.CallAsync("CreateGroup", ("GroupName", group));
        await _iam.CallAsync("AddUserToGroup", ("UserName", user), ("GroupName", group));
        await _iam.CallAsync(
            "PutUserPolicy", ("UserName", user), ("PolicyName", "p"), ("PolicyDocument", IamClient.AnyAction));
        await _iam.CallAsync(
            "AttachGroupPolicy", ("GroupName", group), ("PolicyArn", "arn:aws:iam::aws:policy/SecurityAudit"));

        var text = "";
        string? marker = null;
        do
        {
            (string, string)[] next = marker is null ? [] : [("Marker", marker)];
            var page = await _iam.CallAsync("GetAccountAuthorizationDetails", [("MaxItems", "7"), .. next]);
            text += page.Text;
            marker = page.Element("Marker");
        }
        while (marker is not null);

        Assert.Contains($"<UserName>{user}</UserName>", text, StringComparison.Ordinal);
        Assert.Contains($"<GroupList><member>{group}</member></GroupList>", text, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString(IamClient.AnyAction), text, StringComparison.Ordinal);
        Assert.Contains("<PolicyName>SecurityAudit</PolicyName><PolicyId>", text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            $"<UserName>{user}</UserName>",
            (await _iam.CallAsync("GetAccountAuthorizationDetails", ("Filter.member.1", "Group"))).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_of_web_identities_is_kept()
    {
        var url = $"{IamClient.NewName()}.example.com/tenant";
        var thumbprint = new string('a', 40);
        var made = await _iam.CallAsync(
            "CreateOpenIDConnectProvider", ("Url", "https://" + url), ("ClientIDList.member.1", "app"),
            ("ThumbprintList.member.1", thumbprint));
        var arn = $"arn:aws:iam::000000000000:oidc-provider/{url}";
        Assert.Equal(arn, made.Element("OpenIDConnectProviderArn"));
        (await _iam.SendAsync("CreateOpenIDConnectProvider", ("Url", "https://" + url + "/")))
            .AssertRefused(409, "EntityAlreadyExists");

        await _iam.CallAsync("AddClientIDToOpenIDConnectProvider", (Arn, arn), ("ClientID", "app2"));
        await _iam.CallAsync("AddClientIDToOpenIDConnectProvider", (Arn, arn), ("ClientID", "app2"));
        await _iam.CallAsync("RemoveClientIDFromOpenIDConnectProvider", (Arn, arn), ("ClientID", "app"));
        await _iam.CallAsync(
            "UpdateOpenIDConnectProviderThumbprint", (Arn, arn),
            ("ThumbprintList.member.1", new string('b', 40)));
        var found = await _iam.CallAsync("GetOpenIDConnectProvider", (Arn, arn));
        Assert.Contains(
            $"<Url>{url}</Url><ClientIDList><member>app2</member></ClientIDList>"
            + $"<ThumbprintList><member>{new string('b', 40)}</member></ThumbprintList>",
            found.Text,
            StringComparison.Ordinal);
        Assert.Contains(arn, (await _iam.CallAsync("ListOpenIDConnectProviders")).Text, StringComparison.Ordinal);

        await _iam.CallAsync("DeleteOpenIDConnectProvider", (Arn, arn));
        (await _iam.SendAsync("GetOpenIDConnectProvider", (Arn, arn)))
            .AssertRefused(404, "NoSuchEntity");
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("example.com")]
    [InlineData("https://example.com?x=1")]
    [InlineData("ftp://example.com")]
    public async Task A_provider_has_an_https_address(string url) =>
        (await _iam.SendAsync("CreateOpenIDConnectProvider", ("Url", url))).AssertRefused(400, "InvalidInput");
}

namespace ObjectServer.Conformance;

/// <summary>Names of users, sessions and keys with characters that mean something elsewhere.</summary>
public sealed class OddNames(ServerFixture server)
{
    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task A_user_with_every_character_that_names_have_is_that_user_to_policies()
    {
        var name = "a+b=c,d.e@f-g_h" + IamClient.NewName();
        await _iam.CallAsync("CreateUser", ("UserName", name), ("Path", "/~!'()/x:y/"));
        await _iam.CallAsync(
            "PutUserPolicy", ("UserName", name), ("PolicyName", "a+=,.@-_"),
            ("PolicyDocument",
                """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::*/home/${aws:username}/*"}}"""));
        var key = await _iam.CallAsync("CreateAccessKey", ("UserName", name));
        var user = server.RawAs((key.Element("AccessKeyId")!, key.Element("SecretAccessKey")!));
        var bucket = await ScratchBucket.CreateAsync(server);
        var path = Uri.EscapeDataString(name);

        (await user.SendAsync("PUT", $"/{bucket.Name}/home/{path}/key", [1])).AssertOk();
        (await user.SendAsync("PUT", $"/{bucket.Name}/home/{name}/key", [1])).AssertOk();
        (await user.SendAsync("PUT", $"/{bucket.Name}/home/{path.Replace("%2B", "%20", StringComparison.Ordinal)}/key", [1]))
            .AssertRefused(403, "AccessDenied");
        (await user.SendAsync("PUT", $"/{bucket.Name}/home/{path}%2f../other/key", [1])).AssertOk();
        (await user.SendAsync("PUT", $"/{bucket.Name}/home/../{path}/key", [1])).AssertRefused(403, "AccessDenied");

        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{ServerFixture.AccountId}}:user/~!'()/x:y/{{name}}"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*"}""");
        (await user.SendAsync("GET", $"/{bucket.Name}/home/{path}/key")).AssertOk();
        (await server.RawAs(SeededCallers.Bare).SendAsync("GET", $"/{bucket.Name}/home/{path}/key"))
            .AssertRefused(403, "AccessDenied");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a*")]
    [InlineData("a?")]
    [InlineData("${aws:username}")]
    [InlineData("a:b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("ä")]
    [InlineData("а")]
    [InlineData("")]
    public async Task A_name_that_could_be_taken_for_something_else_is_none(string name)
    {
        (await _iam.SendAsync("CreateUser", ("UserName", name))).AssertRefused(400, "ValidationError");
        (await _iam.SendAsync("CreateGroup", ("GroupName", name))).AssertRefused(400, "ValidationError");
        (await _iam.SendAsync(
            "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted)))
            .AssertRefused(400, "ValidationError");
    }

    [Theory]
    [InlineData("arn:aws:iam::000000000000:user/*")]
    [InlineData("arn:aws:iam::00000000000:root")]
    [InlineData("arn:aws:iam::0000000000000:root")]
    [InlineData("arn:aws:iam::00000000000O:root")]
    [InlineData("arn:aws:iam:::root")]
    [InlineData("arn:aws:iam::000000000000:root ")]
    [InlineData("arn:aws:iam::000000000000:")]
    [InlineData("arn:AWS:iam::000000000000:root")]
    [InlineData("00000000000")]
    public async Task A_principal_that_names_nobody_is_refused(string principal)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var refusal = await ScratchBucket.AssertRefusedAsync(
            System.Net.HttpStatusCode.BadRequest,
            "MalformedPolicy",
            () => bucket.PutPolicyAsync(
                $$"""{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*"}"""));
        Assert.Contains("Principal", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_looks_like_a_pattern_or_a_variable_is_itself_alone()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var key in (string[])["a*", "ab", "a?", "${aws:username}", "bare", "a/../b", "b"])
        {
            await bucket.PutAsync(key);
        }

        string[] allowed = ["a${*}", "a${?}", "${$}{aws:username}", "a/../b"];
        await bucket.PutPolicyAsync(
        [
            .. allowed.Select(key =>
                $$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/{{key}}"}"""),
        ]);

        var bare = server.RawAs(SeededCallers.Bare);
        foreach (var key in (string[])["a%2A", "a*", "a%3F", "%24%7Baws:username%7D", "a/../b", "a%2F..%2Fb"])
        {
            (await bare.SendAsync("GET", $"/{bucket.Name}/{key}")).AssertOk();
        }

        foreach (var key in (string[])["ab", "bare", "b", "a", "a%252A"])
        {
            (await bare.SendAsync("GET", $"/{bucket.Name}/{key}")).AssertRefused(403, "AccessDenied");
        }
    }
}

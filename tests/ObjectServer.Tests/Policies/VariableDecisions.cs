namespace ObjectServer.Tests.Policies;

/// <summary>Policy variables. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html</summary>
public sealed class VariableDecisions
{
    private const string Keys = "aws:username=alice; aws:PrincipalTag/team=red; aws:star=*; aws:many=[a|b]; aws:empty=";

    [Theory]
    [InlineData("home/${aws:username}/*", "home/alice/a", true)]
    [InlineData("home/${aws:username}/*", "home/bob/a", false)]
    [InlineData("home/${AWS:UserName}/*", "home/alice/a", true)]
    [InlineData("home/${ aws:username }/*", "home/alice/a", true)]
    [InlineData("home/${aws:username}", "home/${aws:username}", false)]
    [InlineData("home/${aws:none}/*", "home//a", false)]
    [InlineData("home/${aws:none}/*", "home/${aws:none}/a", false)]
    [InlineData("home/${aws:none, 'all'}/*", "home/all/a", true)]
    [InlineData("home/${aws:none,'all'}/*", "home/all/a", true)]
    [InlineData("home/${aws:none, ''}/*", "home//a", true)]
    [InlineData("home/${aws:username, 'all'}/*", "home/alice/a", true)]
    [InlineData("home/${aws:username, 'all'}/*", "home/all/a", false)]
    [InlineData("home/${aws:PrincipalTag/team, 'company-wide'}", "home/red", true)]
    [InlineData("home/${aws:PrincipalTag/level, 'company-wide'}", "home/company-wide", true)]
    [InlineData("home/${aws:empty}/*", "home//a", true)]
    [InlineData("home/${aws:many}/*", "home/a/a", false)]
    [InlineData("home/${aws:star}", "home/*", true)]
    [InlineData("home/${aws:star}", "home/alice", false)]
    [InlineData("${aws:username}/${aws:PrincipalTag/team}/*", "alice/red/a", true)]
    [InlineData("*${aws:username}*", "x/alice/y", true)]
    [InlineData("*${aws:username}", "x/alice", true)]
    [InlineData("*${aws:username}?", "alice/alice/", true)]
    [InlineData("${aws:username}${aws:username}${aws:username}${aws:username}${aws:username}", "alicealicealicealicealice", true)]
    [InlineData("a${*}", "a*", true)]
    [InlineData("a${*}", "ab", false)]
    [InlineData("a${?}", "a?", true)]
    [InlineData("a${?}", "ab", false)]
    [InlineData("a${$}{aws:username}", "a${aws:username}", true)]
    [InlineData("a${aws:username", "a${aws:username", true)]
    [InlineData("a$", "a$", true)]
    [InlineData("a$${aws:username}", "a$alice", true)]
    [InlineData("a{aws:username}", "a{aws:username}", true)]
    public void In_a_resource(string pattern, string key, bool applies)
    {
        var scene = new Scene { Resource = $"bucket/{key}", Keys = Keys, Identity = $"Allow s3:* on bucket/{pattern}" };
        Assert.Equal(applies ? "IdentityPolicy 0" : "NoIdentityAllow", scene.Decide());

        var others = scene with { Identity = $"Allow s3:* on not:bucket/{pattern}" };
        var isUnresolved = pattern.Contains("aws:none}", StringComparison.Ordinal)
            || pattern.Contains("aws:many}", StringComparison.Ordinal);
        Assert.Equal(applies || isUnresolved ? "NoIdentityAllow" : "IdentityPolicy 0", others.Decide());
    }

    [Theory]
    [InlineData("StringEquals", "${aws:username}", "alice", true)]
    [InlineData("StringEquals", "${aws:username}", "bob", false)]
    [InlineData("StringEquals", "${aws:none}", "alice", false)]
    [InlineData("StringEquals", "${aws:none}", "", false)]
    [InlineData("StringNotEquals", "${aws:none}", "alice", false)]
    [InlineData("StringNotEquals", "${aws:username}", "bob", true)]
    [InlineData("StringNotEquals", "${aws:username}", "alice", false)]
    [InlineData("StringEquals", "${aws:none, `bob`}", "bob", true)]
    [InlineData("StringEqualsIgnoreCase", "X${aws:username}", "xALICE", true)]
    [InlineData("StringLike", "${aws:username}/*", "alice/a", true)]
    [InlineData("StringLike", "${aws:star}/*", "alice/a", false)]
    [InlineData("StringLike", "a${*}", "a*", true)]
    [InlineData("StringLike", "a${*}", "ab", false)]
    [InlineData("StringEquals", "a${*}", "a*", true)]
    [InlineData("StringEquals", "${$}", "$", true)]
    [InlineData("StringNotLike", "${aws:username}/*", "bob/a", true)]
    [InlineData("NumericEquals", "${aws:username}", "alice", false)]
    [InlineData("DateEquals", "${aws:username}", "alice", false)]
    [InlineData("IpAddress", "${aws:username}", "alice", false)]
    [InlineData("ForAnyValue:StringEquals", "${aws:username}", "[bob|alice]", true)]
    public void In_a_condition(string condition, string pattern, string value, bool holds) =>
        Assert.Equal(holds, Scene.Holds($"{{'{condition}':{{'s3:prefix':'{pattern}'}}}}", $"{Keys}; s3:prefix={value}"));

    [Theory]
    [InlineData("home/${aws:username}", "home/alice", false)]
    [InlineData("home/${aws:username}", "home/${aws:username}", true)]
    [InlineData("home/${*}", "home/${x}", true)]
    public void Before_2012_a_variable_is_text(string pattern, string key, bool applies)
    {
        var scene = new Scene
        {
            Version = "2008-10-17",
            Resource = $"bucket/{key}",
            Keys = Keys,
            Identity = $"Allow s3:* on bucket/{pattern}",
        };
        Assert.Equal(applies ? "IdentityPolicy 0" : "NoIdentityAllow", scene.Decide());
    }

    [Theory]
    [InlineData("alice", false)]
    [InlineData("${aws:username}", true)]
    public void Before_2012_a_variable_in_a_condition_is_text(string value, bool holds) => Assert.Equal(
        holds,
        Scene.Holds("{'StringEquals':{'s3:prefix':'${aws:username}'}}", $"{Keys}; s3:prefix={value}", "2008-10-17"));

    [Fact]
    public void A_resource_that_resolves_stands_beside_one_that_does_not() => Assert.Equal("IdentityPolicy 0", new Scene
    {
        Resource = "bucket/key",
        Identity = "Allow s3:* on bucket/${aws:none}|bucket/*",
    }.Decide());
}

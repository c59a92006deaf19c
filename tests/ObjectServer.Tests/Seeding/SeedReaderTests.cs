using ObjectServer.Seeding;

namespace ObjectServer.Tests.Seeding;

public sealed class SeedReaderTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_smallest_file_gives_an_account_and_its_key()
    {
        var account = Assert.Single(Read(
            """
            accounts:
              - id: "111122223333"
                name: alt
                email: alt@example.com
                accessKeys:
                  - accessKeyId: altkey
                    secretAccessKey: altsecret12345
            """).Accounts);

        Assert.Equal(("111122223333", "alt", "alt@example.com"), (account.Id, account.Name, account.Email));
        Assert.Null(account.CanonicalId);
        var key = Assert.Single(account.AccessKeys);
        Assert.Equal(("altkey", "altsecret12345", true), (key.Id, key.Secret, key.IsActive));
    }

    [Fact]
    public void An_id_without_quotes_keeps_its_zeros() =>
        Assert.Equal("000000000042", Assert.Single(Read("accounts: [{id: 000000000042}]").Accounts).Id);

    [Fact]
    public void Json_and_yaml_say_the_same()
    {
        const string yaml =
            """
            accounts:
              - id: "111122223333"
                users:
                  - userName: alice
                    tags: [{key: team, value: red}]
                    policies:
                      - policyName: reads
                        policyDocument:
                          Version: 2012-10-17
                          Statement:
                            - {Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: {Bool: {"aws:SecureTransport": true}}}
            """;
        const string json =
            """
            {
              // A comment.
              "accounts": [{
                "id": "111122223333",
                "users": [{
                  "userName": "alice",
                  "tags": [{"key": "team", "value": "red"}],
                  "policies": [{
                    "policyName": "reads",
                    "policyDocument": {
                      "Version": "2012-10-17",
                      "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                        "Condition": {"Bool": {"aws:SecureTransport": true}}}]
                    }
                  }]
                }]
              }]
            }
            """;

        var (one, other) = (UserOf(Read(yaml)), UserOf(Read(json, "seed.json")));

        Assert.Equal(one.Name, other.Name);
        Assert.Equal(one.Tags, other.Tags);
        Assert.Equal(Assert.Single(one.Policies), Assert.Single(other.Policies));
        Assert.Equal(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true}}}]}""",
            one.Policies[0].Document);
    }

    [Fact]
    public void A_policy_may_be_a_text() => Assert.Equal(
        """{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}""",
        Assert.Single(Read(
            """
            accounts:
              - id: "111122223333"
                policies:
                  - policyName: all
                    policyDocument: '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
            """).Accounts[0].Policies).Document);

    [Fact]
    public void What_an_anchor_names_an_alias_repeats()
    {
        var users = Read(
            """
            accounts:
              - id: "111122223333"
                users:
                  - {userName: a, tags: &tags [{key: team, value: red}]}
                  - {userName: b, tags: *tags}
            """).Accounts[0].Users;

        Assert.Equal(users[0].Tags, users[1].Tags);
    }

    [Fact]
    public void Every_mistake_is_told_with_its_place_and_no_secret()
    {
        var mistakes = Mistakes(
            """
            acounts: []
            accounts:
              - id: "12"
                nmae: alt
                accessKeys:
                  - {accessKeyId: key, secretAccessKey: hushed, status: Off}
                  - {accessKeyId: key, secretAccessKey: hushed-too}
                users:
                  - userName: "a b"
                    policies: [{policyName: p, policyDocument: {Statement: []}}]
                  - path: /x/
                roles: {}
                buckets:
                  - bucket: UPPER
                    versioning: on
                    objectLockEnabled: maybe
                    policy: {Statement: {Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*"}}
                    objects: [{key: a, file: absent.txt}]
            """);

        string[] expected =
        [
            "seed.yaml:3: accounts[0].id: This must be twelve digits.",
            "seed.yaml:6: accounts[0].accessKeys[0].secretAccessKey: This must be at least 8 characters.",
            "seed.yaml:6: accounts[0].accessKeys[0].status: This must be one of Active, Inactive.",
            "seed.yaml:9: accounts[0].users[0].userName: This must be 1 to 64",
            "seed.yaml:10: accounts[0].users[0].policies[0].policyDocument: ",
            "seed.yaml:11: accounts[0].users[1]: The field userName is missing.",
            "seed.yaml:12: accounts[0].roles: This is a mapping, not a list.",
            "seed.yaml:14: accounts[0].buckets[0].bucket: This must be a name",
            "seed.yaml:15: accounts[0].buckets[0].versioning: This must be one of Enabled, Suspended.",
            "seed.yaml:16: accounts[0].buckets[0].objectLockEnabled: This is a value that is neither true nor false.",
            "seed.yaml:17: accounts[0].buckets[0].policy: Policy has invalid resource",
            "seed.yaml:18: accounts[0].buckets[0].objects[0].file: There is no file ",
            "seed.yaml:4: accounts[0].nmae: There is no such field; there are id, name, email,",
            "seed.yaml:7: accounts[0].accessKeys[1]: The access key 'key' stands in the file before.",
            "seed.yaml:1: acounts: There is no such field; there are accounts.",
        ];
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("hushed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("seed.yaml", "accounts: [\n  1,\n  }", "seed.yaml:3: ")]
    [InlineData("seed.yaml", "a: 1\na: 2", "seed.yaml:2: The field 'a' stands twice")]
    [InlineData("seed.yaml", "a: !!binary aGk=", "seed.yaml:1: The tag ")]
    [InlineData("seed.yaml", "a: *b", "seed.yaml:1: ")]
    [InlineData("seed.yaml", "a: 1\n---\nb: 1", "seed.yaml:2: A second document")]
    [InlineData("seed.yaml", "", "seed.yaml: This is nothing, not a mapping.")]
    [InlineData("seed.yaml", "- a", "seed.yaml:1: This is a list, not a mapping.")]
    [InlineData("seed.yaml", "accounts: []", "seed.yaml:1: accounts: There is no account")]
    [InlineData("seed.json", "{\"a\": 1,\n\"a\": 2}", "seed.json")]
    [InlineData("seed.json", "accounts: []", "seed.json:1: ")]
    public void What_is_no_such_file_is_refused(string name, string text, string says) =>
        Assert.StartsWith(says, Assert.Single(Mistakes(text, name)), StringComparison.Ordinal);

    [Theory]
    [InlineData("cors: [{allowedMethods: [GET]}]", "cors[0].allowedMethods: A rule has allowedMethods and allowedOrigins.")]
    [InlineData("cors: [{allowedMethods: [PATCH], allowedOrigins: ['*']}]", "cors: Found unsupported HTTP method in CORS config. Unsupported method is PATCH")]
    [InlineData("cors: [{allowedMethods: [GET], allowedOrigins: ['*'], allowed: 1}]", "cors[0].allowed: There is no such field")]
    [InlineData("website: {errorDocument: {key: a}}", "website: The IndexDocument Suffix is not well formed")]
    [InlineData("website: {indexDocument: {suffix: a/b}}", "website: The IndexDocument Suffix is not well formed")]
    [InlineData("website: {indexDocument: {suffix: a}, redirectAllRequestsTo: {hostName: b}}", "website.redirectAllRequestsTo: Where all requests")]
    [InlineData("website: {indexDocument: {suffix: a}, routingRules: [{condition: {}, redirect: {hostName: b}}]}", "website.routingRules[0].condition: A condition has")]
    [InlineData("website: {indexDocument: {suffix: a}, routingRules: [{redirect: {httpRedirectCode: 306}}]}", "website: The provided HTTP redirect code (306) is not valid.")]
    [InlineData("website: {indexDocument: {suffix: a}, routingRules: [{redirect: {replaceKey: b, protocol: http}}]}", "website.routingRules[0].redirect.replaceKey: There is no such field")]
    [InlineData("defaultRetention: {mode: GOVERNANCE}", "defaultRetention.mode: A retention has a mode, and days or years.")]
    [InlineData("defaultRetention: {mode: GOVERNANCE, days: 1, years: 1}", "defaultRetention.mode: A retention has a mode, and days or years.")]
    [InlineData("defaultRetention: {mode: GOVERNANCE, days: 0}", "defaultRetention.days: This must be a whole number")]
    public void What_S3_would_refuse_of_a_setting_is_a_mistake(string setting, string says) => Assert.Contains(
        Mistakes($$"""accounts: [{id: "111122223333", buckets: [{bucket: abc, {{setting}} }] }]"""),
        mistake => mistake.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void A_file_that_is_not_there_is_a_mistake() => Assert.Single(
        Assert.Throws<SeedException>(() => SeedReader.Read(_files.File("absent.yaml"))).Mistakes);

    [Fact]
    public void Aliases_of_aliases_do_not_fill_memory()
    {
        var lines = Enumerable.Range(1, 40).Select(n => $"  - &a{n} [*a{n - 1}, *a{n - 1}]");
        Assert.Contains(
            "values",
            Assert.Single(Mistakes($"x:\n  - &a0 [1, 2]\n{string.Join('\n', lines)}\n")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Mappings_within_mappings_end_somewhere() =>
        Assert.Single(Mistakes(new string('[', 10_000)));

    [Fact]
    public void The_files_in_the_documentation_are_seeds()
    {
        Directory.CreateDirectory(_files.File("files"));
        File.Create(_files.File("files/readme.txt")).Dispose();
        var page = File.ReadAllText(RepositoryRoot.File("docs", "configuration.md"));
        var files = page.Split("```yaml\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToArray();

        Assert.Equal(2, files.Length);
        Assert.Single(Read(files[0]).Accounts);
        Assert.Equal(2, Read(files[1]).Accounts.Length);
        Assert.Single(SeedReader.Read(RepositoryRoot.File("docker", "seed.yaml")).Accounts);
    }

    [Fact]
    public void Lifecycle_rules_that_AWS_would_refuse_are_mistakes() => Assert.Equal(
        [
            "seed.yaml:7: accounts[0].buckets[0].lifecycle.rules[0]: The field id is missing.",
        ],
        Mistakes(
            """
            accounts:
              - id: "111122223333"
                buckets:
                  - bucket: pictures
                    lifecycle:
                      rules:
                        - expiration: {days: 1}
            """));

    private static SeedHolder UserOf(Seed seed) => Assert.Single(Assert.Single(seed.Accounts).Users);

    private IReadOnlyList<string> Mistakes(string text, string name = "seed.yaml") =>
        [.. Assert.Throws<SeedException>(() => Read(text, name)).Mistakes
            .Select(mistake => mistake.Replace(_files.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];

    private Seed Read(string text, string name = "seed.yaml")
    {
        var path = _files.File(name);
        using (var file = new StreamWriter(path))
        {
            file.Write(text);
        }

        return SeedReader.Read(path);
    }
}

using System.Text;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Cors;
using ObjectServer.Identity;
using ObjectServer.Lifecycle;
using ObjectServer.Seeding;
using ObjectServer.Storage.Model;
using ObjectServer.Tests.Identity;
using ObjectServer.Websites;

namespace ObjectServer.Tests.Seeding;

public sealed class SeedPlantingTests : IAsyncLifetime
{
    private const string Everything =
        """
        accounts:
          - id: "000000000000"
            users:
              - {userName: first, accessKeys: [{accessKeyId: FIRST, secretAccessKey: first-secret}]}
          - id: "111122223333"
            name: alt
            email: alt@example.com
            canonicalId: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
            aliases: [the-alt]
            publicAccessBlock: {ignorePublicAcls: true}
            accessKeys: [{accessKeyId: altkey, secretAccessKey: altsecret12345}]
            policies:
              - policyName: reads
                path: /team/
                policyDocument: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "s3:Get*", Resource: "*"}}
            groups:
              - groupName: readers
                attachedPolicies: ["arn:aws:iam::111122223333:policy/team/reads"]
            users:
              - userName: alice
                path: /team/
                groups: [readers]
                tags: [{key: team, value: red}]
                permissionsBoundary: arn:aws:iam::aws:policy/AmazonS3FullAccess
                accessKeys:
                  - {accessKeyId: ALICE, secretAccessKey: alice-secret, status: Active}
                  - {accessKeyId: ALICEOFF, secretAccessKey: alice-secret, status: Inactive}
                policies:
                  - policyName: writes
                    policyDocument: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "s3:Put*", Resource: "*"}}
            roles:
              - roleName: backup
                maxSessionDuration: 7200
                assumeRolePolicyDocument:
                  Version: 2012-10-17
                  Statement: {Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}
                attachedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
            buckets:
              - bucket: pictures
                versioning: Enabled
                objectOwnership: BucketOwnerPreferred
                acl: public-read
                publicAccessBlock: {blockPublicPolicy: false, restrictPublicBuckets: true}
                policy:
                  Version: 2012-10-17
                  Statement: {Effect: Allow, Principal: {AWS: "000000000000"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::pictures/*"}
                tags: [{key: colour, value: blue}]
                requestPayment: Requester
                lifecycle:
                  transitionDefaultMinimumObjectSize: varies_by_storage_class
                  rules:
                    - id: drafts
                      filter: {prefix: drafts/, tags: [{key: k, value: v}], objectSizeGreaterThan: 5000000000}
                      expiration: {date: 2030-01-31}
                      transitions: [{date: 2029-01-31, storageClass: GLACIER}]
                    - id: old
                      status: Disabled
                      filter: {}
                      noncurrentVersionExpiration: {noncurrentDays: 60, newerNoncurrentVersions: 5}
                      abortIncompleteMultipartUpload: {daysAfterInitiation: 7}
                objects:
                  - {key: a/b.txt, file: b.txt, contentType: text/plain, metadata: {made-by: hand}, tags: [{key: k, value: v}]}
              - {bucket: locked, objectLockEnabled: true, defaultRetention: {mode: COMPLIANCE, years: 7}}
              - bucket: www.example.com
                cors:
                  - {id: app, allowedOrigins: ["https://*.example.com"], allowedMethods: [GET, PUT], allowedHeaders: ["*"], exposeHeaders: [ETag], maxAgeSeconds: 60}
                website:
                  indexDocument: {suffix: index.html}
                  errorDocument: {key: error.html}
                  routingRules:
                    - {condition: {keyPrefixEquals: docs/, httpErrorCodeReturnedEquals: 404}, redirect: {replaceKeyPrefixWith: documents/}}
                    - {redirect: {hostName: else.example.com, protocol: https, httpRedirectCode: 302, replaceKeyWith: a}}
              - {bucket: example.com, website: {redirectAllRequestsTo: {hostName: www.example.com, protocol: https}}}
        """;

    private readonly TemporaryDirectory _files = new();
    private DirectoryRig _rig = null!;
    private AccountBlocks _blocks = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IdentitySnapshot Identities => _rig.Directory.Current;

    public async ValueTask InitializeAsync()
    {
        _rig = await DirectoryRig.OpenAsync();
        _blocks = await AccountBlocks.OpenAsync(_rig.Store.Documents, Cancellation);
        await WriteAsync("b.txt", "content");
    }

    public async ValueTask DisposeAsync()
    {
        _blocks.Dispose();
        await _rig.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task All_that_a_file_says_is_there()
    {
        await PlantAsync(Everything);

        var alt = Identities.FindAccount("111122223333")!;
        Assert.Equal(("alt", "alt@example.com", "the-alt"), (alt.Account.Name, alt.Account.Email, alt.Account.Alias));
        Assert.StartsWith("00112233", alt.Account.CanonicalId, StringComparison.Ordinal);
        Assert.Equal(new PublicAccessBlock { IgnorePublicAcls = true }, _blocks.Of(alt.Account.CanonicalId));
        Assert.Equal(CallerKind.Root, Identities.FindSigner("altkey")!.Caller.Kind);
        Assert.Equal("arn:aws:iam::000000000000:user/first", Identities.FindSigner("FIRST")!.Caller.Arn);

        var alice = Identities.FindSigner("ALICE")!;
        Assert.Equal(("alice-secret", "arn:aws:iam::111122223333:user/team/alice"), (alice.Key.Secret, alice.Caller.Arn));
        Assert.Null(Identities.FindSigner("ALICEOFF"));
        Assert.Equal(2, alice.Caller.Policies.Identity.Length);
        Assert.NotNull(alice.Caller.Policies.Boundary);
        Assert.Equal(7200, alt.Roles["backup"].MaxSessionSeconds);

        var pictures = await FindBucketAsync("pictures");
        Assert.Equal(alt.Account.CanonicalId, pictures.OwnerId);
        Assert.Equal(VersioningState.Enabled, pictures.Versioning);
        Assert.Equal(ObjectOwnership.BucketOwnerPreferred, OwnershipControls.Of(pictures));
        Assert.True(AccessControlList.Of(pictures).IsPublic);
        Assert.Equal(new PublicAccessBlock { RestrictPublicBuckets = true }, PublicAccessBlock.Find(pictures));
        Assert.NotNull(BucketPolicy.Find(pictures));
        Assert.True(RequesterPays.Is(pictures));
        var lifecycle = LifecycleConfiguration.Find(pictures)!;
        Assert.Equal(TransitionMinimum.VariesByStorageClass, lifecycle.Minimum);
        Assert.Equal([("drafts", true), ("old", false)], lifecycle.Rules.Select(rule => (rule.Id, rule.IsEnabled)));
        var drafts = lifecycle.Rules[0];
        Assert.Equal(
            (FilterForm.And, "drafts/", 5_000_000_000), (drafts.Filter.Form, drafts.Filter.Prefix, drafts.Filter.LargerThan));
        Assert.Equal([new Tag("k", "v")], drafts.Filter.Tags);
        Assert.Equal(new DateTimeOffset(2030, 1, 31, 0, 0, 0, TimeSpan.Zero), drafts.Expiration!.Date);
        Assert.Equal("GLACIER", Assert.Single(drafts.Transitions).StorageClass);
        Assert.Equal(new NoncurrentExpiration(60, 5), lifecycle.Rules[1].NoncurrentExpiration);
        Assert.Equal(7, lifecycle.Rules[1].AbortDays);
        Assert.Equal([new Tag("colour", "blue")], pictures.Tags);
        var locked = await FindBucketAsync("locked");
        Assert.True(locked is { ObjectLockEnabled: true, Versioning: VersioningState.Enabled });
        Assert.True(OwnershipControls.AreAclsDisabled(locked));
        Assert.Equal(new DefaultRetention(RetentionMode.Compliance, 7, IsInYears: true), locked.DefaultRetention);

        var www = await FindBucketAsync("www.example.com");
        var rule = Assert.Single(CorsConfiguration.Find(www)!.Rules);
        Assert.Equal(("app", "https://*.example.com", "*", 60), (rule.Id, rule.Origins.Single().Text, rule.Headers.Single().Text, rule.MaxAgeSeconds));
        Assert.Equal(["GET", "PUT", "ETag"], rule.Methods.Concat(rule.ExposedHeaders));
        var website = WebsiteConfiguration.Find(www)!;
        Assert.Equal(("index.html", "error.html"), (website.IndexSuffix, website.ErrorKey.ToString()));
        Assert.Equal(
            [
                new() { KeyPrefix = "docs/", ErrorCode = 404, Redirect = new() { KeyPrefix = "documents/" } },
                new() { Redirect = new() { HostName = "else.example.com", Protocol = "https", StatusCode = 302, Key = "a" } },
            ],
            website.Rules);
        Assert.Equal(
            new RedirectRule { HostName = "www.example.com", Protocol = "https" },
            WebsiteConfiguration.Find(await FindBucketAsync("example.com"))!.RedirectAll);

        var (version, content) = await ReadAsync(pictures, "a/b.txt");
        Assert.Equal("content", content);
        Assert.Equal("9a0364b9e99bb480dd25e1f0284c8555", version.ETag);
        Assert.Equal("text/plain", version.Metadata.ContentType);
        Assert.Equal([KeyValuePair.Create("made-by", "hand")], version.Metadata.User);
        Assert.Equal([new Tag("k", "v")], version.Tags);
        Assert.NotNull(version.Checksum);
    }

    [Fact]
    public async Task The_second_time_nothing_is_written()
    {
        await PlantAsync(Everything);
        var before = await LastCommitAsync();

        await PlantAsync(Everything);
        await PlantAsync(Everything.Replace("Statement: {Effect: Allow, Action: \"s3:Get*\"", "Statement: {Action: \"s3:Get*\", Effect: Allow", StringComparison.Ordinal));

        Assert.Equal(before, await LastCommitAsync());
    }

    [Fact]
    public async Task What_differs_is_set_and_what_the_file_does_not_name_stays()
    {
        await PlantAsync(Everything);
        var pictures = await FindBucketAsync("pictures");
        await _rig.Store.Buckets.UpdateAsync(
            "pictures", bucket => bucket with { Tags = [new("colour", "green"), new("other", "stays")] }, Cancellation);
        await _rig.Store.Objects.UpdateAsync(
            pictures, ObjectKey.Parse("a/b.txt"), null, version => version with { Tags = [new("other", "stays")] }, Cancellation);
        await WriteAsync("b.txt", "Content");
        var alt = Identities.FindAccount("111122223333")!;
        await _rig.ChangeAsync(change =>
        {
            change.Put(alt.Users["alice"] with
            {
                InlinePolicies = alt.Users["alice"].InlinePolicies.SetItem("mine", new("""{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}""")),
                Tags = [new("team", "blue"), new("other", "stays")],
            });
            change.Put(change.Identities.FindKey("ALICE")!.Switched(isActive: false));
        });

        await PlantAsync(Everything.Replace("s3:Get*", "s3:List*", StringComparison.Ordinal));

        var alice = Identities.FindAccount("111122223333")!.Users["alice"];
        Assert.Equal(["mine", "writes"], alice.InlinePolicies.Keys);
        Assert.Equal([new Tag("other", "stays"), new Tag("team", "red")], alice.Tags);
        Assert.True(Identities.FindKey("ALICE")!.IsActive);
        var reads = Identities.FindAccount("111122223333")!.Policies["reads"];
        Assert.Equal((2, 2), (reads.Versions.Length, reads.DefaultVersion));
        Assert.Contains("s3:List*", reads.Text.Text, StringComparison.Ordinal);
        pictures = await FindBucketAsync("pictures");
        Assert.Equal([new Tag("colour", "blue"), new Tag("other", "stays")], pictures.Tags);
        var (version, content) = await ReadAsync(pictures, "a/b.txt");
        Assert.Equal("Content", content);
        Assert.Equal([new Tag("k", "v"), new Tag("other", "stays")], version.Tags);
        Assert.Equal(2, (await _rig.Store.ReadStatisticsAsync(Cancellation)).Buckets.Single(b => b.Name == "pictures").Objects);
    }

    [Fact]
    public async Task What_does_not_fit_what_is_there_is_told_and_no_identity_is_changed()
    {
        await PlantAsync(Everything);
        var before = DirectoryRig.Dump(Identities);

        var mistakes = await MistakesAsync(
            """
            accounts:
              - id: "000000000000"
                accessKeys: [{accessKeyId: ROOT, secretAccessKey: another-secret}]
                users:
                  - {userName: thief, accessKeys: [{accessKeyId: ALICE, secretAccessKey: alice-secret}], groups: [none]}
              - id: "111122223333"
                canonicalId: ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
                policies: [{policyName: reads, path: /, policyDocument: {Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}}]
              - id: "444455556666"
                email: ALT@example.com
              - id: "777788889999"
                users: [{userName: bob, attachedPolicies: ["arn:aws:iam::111122223333:policy/reads"]}]
            """);

        Assert.Equal(before, DirectoryRig.Dump(Identities));
        string[] expected =
        [
            "The account is there with the canonicalId",
            "Its email is the one of account 111122223333.",
            "There is no group 'none'",
            "The key 'ALICE' belongs to somebody else.",
            "The key 'ROOT' is the root's",
            "It is there with the path '/team/'",
            "There is no policy 'arn:aws:iam::111122223333:policy/reads'.",
        ];
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Buckets_that_cannot_be_so_are_told()
    {
        await PlantAsync(Everything);

        var mistakes = await MistakesAsync(
            """
            accounts:
              - id: "000000000000"
                buckets:
                  - {bucket: pictures}
                  - {bucket: enforced, objectOwnership: BucketOwnerEnforced, acl: public-read}
              - id: "111122223333"
                buckets:
                  - {bucket: locked, objectLockEnabled: false, versioning: Suspended}
                  - {bucket: locking, objectLockEnabled: true, versioning: Suspended}
            """);

        string[] expected =
        [
            "The bucket 'pictures' belongs to another account.",
            "ACLs are disabled in this bucket",
            "object lock, which cannot be switched off",
            "its versioning cannot be suspended",
        ];
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> MistakesAsync(string seed) =>
        (await Assert.ThrowsAsync<SeedException>(() => PlantAsync(seed))).Mistakes;

    private async Task PlantAsync(string seed)
    {
        await WriteAsync("seed.yaml", seed);
        await new SeedPlanting(
            _rig.Store, _rig.Directory, _blocks, new(ObjectOwnership.BucketOwnerEnforced, BlockPublicAccess: false), "us-east-1")
            .PlantAsync(_files.File("seed.yaml"), Cancellation);
    }

    private async Task WriteAsync(string name, string text)
    {
        await using var file = new StreamWriter(_files.File(name));
        await file.WriteAsync(text);
    }

    private async Task<BucketRecord> FindBucketAsync(string name) =>
        (await _rig.Store.Buckets.FindAsync(name, Cancellation))!;

    private async Task<(ObjectVersion Version, string Content)> ReadAsync(BucketRecord bucket, string key)
    {
        await using var found = (await _rig.Store.Objects.OpenAsync(bucket, ObjectKey.Parse(key), null, Cancellation))!;
        var content = new byte[found.Version.Size];
        Assert.Equal(content.Length, await found.ReadAsync(0, content, Cancellation));
        return (found.Version, Encoding.UTF8.GetString(content));
    }

    private async Task<ulong> LastCommitAsync() => (await _rig.Store.ReadStatisticsAsync(Cancellation)).Journal.LastLsn;
}

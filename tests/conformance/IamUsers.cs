using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>Users of IAM, their tags, groups, keys and what they may do.</summary>
public sealed class IamUsers(ServerFixture server)
{
    private readonly IamClient _iam = new(server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_is_made_found_in_any_case_and_deleted()
    {
        var name = IamClient.NewName();
        var made = await _iam.CallAsync("CreateUser", ("UserName", name), ("Path", "/a/b/"));

        Assert.Equal(name, made.Element("UserName"));
        Assert.Equal("/a/b/", made.Element("Path"));
        Assert.StartsWith("AIDA", made.Element("UserId"), StringComparison.Ordinal);
        Assert.Equal($"arn:aws:iam::000000000000:user/a/b/{name}", made.Element("Arn"));
        var found = await _iam.CallAsync("GetUser", ("UserName", name.ToUpperInvariant()));
        Assert.Equal(made.Element("UserId"), found.Element("UserId"));
        (await _iam.SendAsync("CreateUser", ("UserName", name.ToUpperInvariant())))
            .AssertRefused(409, "EntityAlreadyExists");

        await _iam.CallAsync("DeleteUser", ("UserName", name.ToUpperInvariant()));
        (await _iam.SendAsync("GetUser", ("UserName", name))).AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync("DeleteUser", ("UserName", name))).AssertRefused(404, "NoSuchEntity");
        var again = await _iam.CallAsync("CreateUser", ("UserName", name));
        Assert.NotEqual(made.Element("UserId"), again.Element("UserId"));
    }

    [Fact]
    public async Task Lists_are_in_the_order_of_names_and_come_in_pages()
    {
        var path = $"/{IamClient.NewName()}/";
        foreach (var (name, below) in ((string, string)[])[("c", "x/"), ("B", ""), ("a", "y/z/")])
        {
            await _iam.CallAsync("CreateUser", ("UserName", path.Trim('/') + name), ("Path", path + below));
        }

        Assert.Equal(["a", "B", "c"], await ListAsync(path, 100));
        Assert.Equal(["a", "B", "c"], await ListAsync(path, 1));
        Assert.Equal(["a"], await ListAsync(path + "y", 1));
        Assert.Empty(await ListAsync(path + "nothing", 1));

        async Task<List<string>> ListAsync(string prefix, int limit)
        {
            var names = new List<string>();
            string? marker = null;
            do
            {
                (string, string)[] next = marker is null ? [] : [("Marker", marker)];
                var page = await _iam.CallAsync(
                    "ListUsers", [("PathPrefix", prefix), ("MaxItems", $"{limit}"), .. next]);
                names.AddRange(page.Text.Split("<UserName>")[1..]
                    .Select(text => text.Split('<')[0][(path.Length - 2)..]));
                marker = page.Element("Marker");
                Assert.Equal(marker is null ? "false" : "true", page.Element("IsTruncated"));
            }
            while (marker is not null);
            return names;
        }
    }

    [Fact]
    public async Task A_renamed_user_keeps_its_id_its_keys_and_its_policies()
    {
        var (name, client, keyId, _) = await _iam.NewUserAsync(IamClient.AnyAction);
        var before = await _iam.CallAsync("GetUser", ("UserName", name));
        await _iam.CallAsync("UpdateUser", ("UserName", name), ("NewUserName", name + "2"), ("NewPath", "/p/"));

        (await _iam.SendAsync("GetUser", ("UserName", name))).AssertRefused(404, "NoSuchEntity");
        var after = await client.CallAsync("GetUser");
        Assert.Equal(before.Element("UserId"), after.Element("UserId"));
        Assert.Equal($"arn:aws:iam::000000000000:user/p/{name}2", after.Element("Arn"));
        Assert.Contains(keyId, (await client.CallAsync("ListAccessKeys")).Text, StringComparison.Ordinal);
        var other = IamClient.NewName();
        await _iam.CallAsync("CreateUser", ("UserName", other));
        (await _iam.SendAsync("UpdateUser", ("UserName", other), ("NewUserName", name + "2")))
            .AssertRefused(409, "EntityAlreadyExists");
        await _iam.CallAsync("UpdateUser", ("UserName", other), ("NewUserName", other.ToUpperInvariant()));
        Assert.Equal(
            other.ToUpperInvariant(), (await _iam.CallAsync("GetUser", ("UserName", other))).Element("UserName"));
    }

    [Fact]
    public async Task A_user_that_has_anything_is_not_deleted()
    {
        var (name, _, keyId, _) = await _iam.NewUserAsync(IamClient.AnyAction);
        var group = IamClient.NewName();
        await _iam.CallAsync("CreateGroup", ("GroupName", group));
        await _iam.CallAsync("AddUserToGroup", ("GroupName", group), ("UserName", name));
        await _iam.CallAsync(
            "AttachUserPolicy", ("UserName", name), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess"));

        foreach (var (action, parameters) in ((string, (string, string)[])[])
        [
            ("DetachUserPolicy", [("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")]),
            ("DeleteUserPolicy", [("PolicyName", "p")]),
            ("DeleteAccessKey", [("AccessKeyId", keyId)]),
            ("RemoveUserFromGroup", [("GroupName", group)]),
        ])
        {
            (await _iam.SendAsync("DeleteUser", ("UserName", name))).AssertRefused(409, "DeleteConflict");
            await _iam.CallAsync(action, [("UserName", name), .. parameters]);
        }

        await _iam.CallAsync("DeleteUser", ("UserName", name));
    }

    [Fact]
    public async Task Tags_are_added_replaced_and_taken_away()
    {
        var name = IamClient.NewName();
        await _iam.CallAsync(
            "CreateUser", ("UserName", name), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"));
        await _iam.CallAsync(
            "TagUser", ("UserName", name),
            ("Tags.member.1.Key", "A"), ("Tags.member.1.Value", "2"),
            ("Tags.member.2.Key", "b"), ("Tags.member.2.Value", ""));

        var tags = await _iam.CallAsync("ListUserTags", ("UserName", name));
        Assert.Contains(
            "<member><Key>A</Key><Value>2</Value></member><member><Key>b</Key><Value></Value></member></Tags>",
            tags.Text,
            StringComparison.Ordinal);
        Assert.DoesNotContain("<Value>1</Value>", tags.Text, StringComparison.Ordinal);

        await _iam.CallAsync("UntagUser", ("UserName", name), ("TagKeys.member.1", "a"), ("TagKeys.member.2", "zz"));
        Assert.Equal("b", (await _iam.CallAsync("ListUserTags", ("UserName", name))).Element("Key"));
        (await _iam.SendAsync(
            "TagUser", ("UserName", name), ("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "2")))
            .AssertRefused(400, "InvalidInput");
        (await _iam.SendAsync(
            "TagUser", [("UserName", name), .. Enumerable.Range(1, 51).SelectMany(number => ((string, string)[])
            [
                ($"Tags.member.{number}.Key", $"k{number}"), ($"Tags.member.{number}.Value", ""),
            ])])).AssertRefused(409, "LimitExceeded");
    }

    [Fact]
    public async Task A_user_may_do_in_S3_what_its_policies_allow()
    {
        var bucket = await server.NewBucketAsync();
        var (name, _, keyId, secret) = await _iam.NewUserAsync();
        using var s3 = IamClient.S3(server, keyId, secret);
        await AssertDeniedAsync(() => s3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation));

        await _iam.CallAsync(
            "PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", IamClient.AnyAction));
        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "x" }, Cancellation);

        await _iam.CallAsync("DeleteUserPolicy", ("UserName", name), ("PolicyName", "p"));
        await AssertDeniedAsync(() => s3.GetObjectAsync(bucket, "k", Cancellation));

        // Through a group, and through AWS's own policy.
        var group = IamClient.NewName();
        await _iam.CallAsync("CreateGroup", ("GroupName", group));
        await _iam.CallAsync(
            "AttachGroupPolicy", ("GroupName", group), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"));
        await _iam.CallAsync("AddUserToGroup", ("GroupName", group), ("UserName", name));
        (await s3.GetObjectAsync(bucket, "k", Cancellation)).Dispose();
        await AssertDeniedAsync(() => s3.DeleteObjectAsync(bucket, "k", Cancellation));

        // A boundary takes away what it does not allow.
        await _iam.CallAsync(
            "PutUserPermissionsBoundary", ("UserName", name),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/IAMFullAccess"));
        await AssertDeniedAsync(() => s3.GetObjectAsync(bucket, "k", Cancellation));
        await _iam.CallAsync("DeleteUserPermissionsBoundary", ("UserName", name));
        (await s3.GetObjectAsync(bucket, "k", Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_key_that_is_switched_off_or_deleted_stops_at_once()
    {
        var (name, client, keyId, secret) = await _iam.NewUserAsync(IamClient.AnyAction);
        using var s3 = IamClient.S3(server, keyId, secret);
        await s3.ListBucketsAsync(Cancellation);

        await _iam.CallAsync(
            "UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Inactive"));
        await AssertUnknownAsync();
        (await client.SendAsync("GetUser")).AssertRefused(403, "InvalidClientTokenId");
        Assert.Equal(
            "Inactive", (await _iam.CallAsync("ListAccessKeys", ("UserName", name))).Element("Status"));

        await _iam.CallAsync("UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Active"));
        await s3.ListBucketsAsync(Cancellation);

        await _iam.CallAsync("DeleteAccessKey", ("UserName", name), ("AccessKeyId", keyId));
        await AssertUnknownAsync();

        async Task AssertUnknownAsync() => Assert.Equal(
            "InvalidAccessKeyId",
            (await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.ListBucketsAsync(Cancellation))).ErrorCode);
    }

    [Fact]
    public async Task A_user_has_two_keys_at_most_and_each_says_when_it_was_used()
    {
        var (name, client, keyId, _) = await _iam.NewUserAsync(IamClient.AnyAction);
        var unused = await _iam.CallAsync("GetAccessKeyLastUsed", ("AccessKeyId", keyId));
        Assert.Equal(("N/A", null), (unused.Element("ServiceName"), unused.Element("LastUsedDate")));

        // With its own key, and without a name.
        await client.CallAsync("CreateAccessKey");
        (await client.SendAsync("CreateAccessKey")).AssertRefused(409, "LimitExceeded");
        var used = await _iam.CallAsync("GetAccessKeyLastUsed", ("AccessKeyId", keyId));
        Assert.Equal((name, "iam"), (used.Element("UserName"), used.Element("ServiceName")));
        Assert.NotNull(used.Element("LastUsedDate"));

        (await _iam.SendAsync("DeleteAccessKey", ("UserName", name), ("AccessKeyId", "AKIANOSUCHKEY00000")))
            .AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync("DeleteAccessKey", ("AccessKeyId", keyId))).AssertRefused(404, "NoSuchEntity");
        (await _iam.SendAsync("GetAccessKeyLastUsed", ("AccessKeyId", "AKIANOSUCHKEY00000")))
            .AssertRefused(404, "NoSuchEntity");
    }

    [Fact]
    public async Task The_configured_key_of_the_root_is_shown_and_not_changed()
    {
        Assert.Contains(
            ServerFixture.AccessKeyId, (await _iam.CallAsync("ListAccessKeys")).Text, StringComparison.Ordinal);
        (await _iam.SendAsync("DeleteAccessKey", ("AccessKeyId", ServerFixture.AccessKeyId)))
            .AssertRefused(400, "UnmodifiableEntity");
    }

    [Fact]
    public async Task A_key_that_the_root_made_for_itself_is_the_roots()
    {
        var made = await _iam.CallAsync("CreateAccessKey");
        var (keyId, secret) = (made.Element("AccessKeyId")!, made.Element("SecretAccessKey")!);

        Assert.Equal(
            "arn:aws:iam::000000000000:root",
            (await new IamClient(server, keyId, secret).CallAsync("GetUser")).Element("Arn"));
        await _iam.CallAsync("DeleteAccessKey", ("AccessKeyId", keyId));
    }

    [Fact]
    public async Task What_a_user_may_not_do_is_refused_with_what_it_lacks()
    {
        var (name, client, _, _) = await _iam.NewUserAsync();
        var answer = await client.SendAsync("CreateUser", ("UserName", "x"));

        answer.AssertRefused(403, "AccessDenied");
        Assert.Equal(
            $"User: arn:aws:iam::000000000000:user/{name} is not authorized to perform: iam:CreateUser on resource: "
            + "arn:aws:iam::000000000000:user/x because no identity-based policy allows the iam:CreateUser action",
            answer.Element("Message"));

        // Whether what is asked for exists is told to nobody who may not ask.
        (await client.SendAsync("GetUser", ("UserName", "nobody"))).AssertRefused(403, "AccessDenied");
        await _iam.CallAsync(
            "PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument",
            """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}"},
              {"Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}]}
            """));
        await client.CallAsync("GetUser");
        (await client.SendAsync("ListUsers")).AssertRefused(403, "AccessDenied");
        var denied = await client.SendAsync("DeleteUser", ("UserName", name));
        denied.AssertRefused(403, "AccessDenied");
        Assert.EndsWith(
            "with an explicit deny in an identity-based policy", denied.Element("Message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_see_tags_and_boundaries_of_requests()
    {
        var (_, client, _, _) = await _iam.NewUserAsync(
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*",
             "Condition":{
              "StringEquals":{"aws:RequestTag/team":"blue",
                "iam:PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess"},
              "ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}}]}
            """);
        (string, string)[] good =
        [
            ("UserName", IamClient.NewName()), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue"),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ];

        (await client.SendAsync("CreateUser", good[..^1])).AssertRefused(403, "AccessDenied");
        (await client.SendAsync("CreateUser", [.. good[..1], .. good[3..]])).AssertRefused(403, "AccessDenied");
        (await client.SendAsync(
            "CreateUser", [.. good, ("Tags.member.2.Key", "x"), ("Tags.member.2.Value", "y")]))
            .AssertRefused(403, "AccessDenied");
        Assert.Equal(
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            (await client.CallAsync("CreateUser", good)).Element("PermissionsBoundaryArn"));
    }

    private static async Task AssertDeniedAsync(Func<Task> request) => Assert.Equal(
        "AccessDenied", (await Assert.ThrowsAsync<AmazonS3Exception>(request)).ErrorCode);
}

using System.Net;
using System.Net.Sockets;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>
/// Keys, users, roles and policies that change while the server runs: what was answered counts for every request that
/// begins afterwards, whichever connection it comes on, and whatever was signed before.
/// </summary>
public sealed class LiveChanges(ServerFixture server)
{
    private const string Reads =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}""";

    private readonly IamClient _iam = new(server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_of_a_bucket_counts_on_connections_that_are_open()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await using var reader = await OpenAsync(SeededCallers.Reader);
        await using var stranger = await OpenAsync(SeededCallers.AltReader);
        (await reader.GetAsync($"/{bucket.Name}/key")).AssertOk();
        (await stranger.GetAsync($"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");

        await bucket.PutPolicyAsync(
            Statement("Allow", OtherAccount.Id, bucket.Name), Statement("Deny", ServerFixture.AccountId, bucket.Name));
        (await reader.GetAsync($"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
        (await stranger.GetAsync($"/{bucket.Name}/key")).AssertOk();

        await server.S3.DeleteBucketPolicyAsync(bucket.Name, Cancellation);
        (await reader.GetAsync($"/{bucket.Name}/key")).AssertOk();
        (await stranger.GetAsync($"/{bucket.Name}/key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Every_change_of_a_user_counts_on_a_connection_that_is_open()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var (name, _, keyId, secret) = await _iam.NewUserAsync();
        var group = IamClient.NewName();
        await _iam.CallAsync("CreateGroup", ("GroupName", group));
        await _iam.CallAsync(
            "PutGroupPolicy", ("GroupName", group), ("PolicyName", "reads"), ("PolicyDocument", Reads));
        await using var connection = await OpenAsync((keyId, secret));
        await RefusedAsync("AccessDenied");

        await _iam.CallAsync("AddUserToGroup", ("GroupName", group), ("UserName", name));
        await AllowedAsync();
        await _iam.CallAsync(
            "PutUserPermissionsBoundary", ("UserName", name),
            ("PermissionsBoundary", "arn:aws:iam::aws:policy/IAMFullAccess"));
        await RefusedAsync("AccessDenied");
        await _iam.CallAsync("DeleteUserPermissionsBoundary", ("UserName", name));
        await AllowedAsync();
        await _iam.CallAsync("UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Inactive"));
        await RefusedAsync("InvalidAccessKeyId");
        await _iam.CallAsync("UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Active"));
        await AllowedAsync();
        await _iam.CallAsync("RemoveUserFromGroup", ("GroupName", group), ("UserName", name));
        await RefusedAsync("AccessDenied");
        await _iam.CallAsync("DeleteAccessKey", ("UserName", name), ("AccessKeyId", keyId));
        await RefusedAsync("InvalidAccessKeyId");

        async Task AllowedAsync() => (await connection.GetAsync($"/{bucket.Name}/key")).AssertOk();

        async Task RefusedAsync(string code) =>
            (await connection.GetAsync($"/{bucket.Name}/key")).AssertRefused(403, code);
    }

    [Fact]
    public async Task A_presigned_url_is_as_good_as_its_key_is_now()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var (name, _, keyId, secret) = await _iam.NewUserAsync(Reads);
        using var s3 = IamClient.S3(server, keyId, secret);
        var url = new Uri(await s3.GetPreSignedURLAsync(new()
        {
            BucketName = bucket.Name,
            Key = "key",
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(10),
        }));
        (await GetAsync()).AssertOk();

        await _iam.CallAsync("UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Inactive"));
        (await GetAsync()).AssertRefused(403, "InvalidAccessKeyId");
        await _iam.CallAsync("UpdateAccessKey", ("UserName", name), ("AccessKeyId", keyId), ("Status", "Active"));
        await _iam.CallAsync("DeleteUserPolicy", ("UserName", name), ("PolicyName", "p"));
        (await GetAsync()).AssertRefused(403, "AccessDenied");

        Task<RawAnswer> GetAsync() => server.Raw.SendUnsignedAsync("GET", url.PathAndQuery);
    }

    [Fact]
    public async Task A_session_of_a_role_has_what_the_role_has_now_and_ends_with_it()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var (_, key) = await server.NewUserAsync();
        var trusted = $""" "AWS":"{ServerFixture.AccountId}" """;
        var (name, arn) = await server.NewRoleAsync(trusted);
        using var sts = server.Sts(key);
        using var s3 = server.S3((await sts.AssumeAsync(arn)).Credentials);
        using (await s3.GetObjectAsync(bucket.Name, "key", Cancellation))
        {
        }

        await server.IamAsync("DeleteRolePolicy", ("RoleName", name), ("PolicyName", "all"));
        await RefusedAsync("AccessDenied");
        await server.IamAsync(
            "PutRolePolicy", ("RoleName", name), ("PolicyName", "reads"), ("PolicyDocument", Reads));
        using (await s3.GetObjectAsync(bucket.Name, "key", Cancellation))
        {
        }

        await server.IamAsync("DeleteRolePolicy", ("RoleName", name), ("PolicyName", "reads"));
        await server.IamAsync("DeleteRole", ("RoleName", name));
        await RefusedAsync("InvalidAccessKeyId");
        await server.IamAsync(
            "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", IamClient.AnyoneTrusted));
        await RefusedAsync("InvalidAccessKeyId");

        Task RefusedAsync(string code) => StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, code, () => s3.GetObjectAsync(bucket.Name, "key", Cancellation));
    }

    private static string Statement(string effect, string account, string bucket) =>
        $$"""{"Effect":"{{effect}}","Principal":{"AWS":"{{account}}"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}""";

    private async Task<Connection> OpenAsync((string AccessKeyId, string SecretAccessKey) key)
    {
        var client = server.RawAs(key);
        return new(client, await client.OpenAsync());
    }

    /// <summary>One connection that stays open.</summary>
    private sealed class Connection(RawClient client, NetworkStream stream) : IAsyncDisposable
    {
        public async Task<RawAnswer> GetAsync(string target)
        {
            await stream.WriteAsync(RawClient.Write("GET", target, null, client.Sign("GET", target, [])), Cancellation);
            return await RawAnswer.ReadAsync(stream, isHead: false, Cancellation);
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}

using System.Globalization;
using System.Text.Json;
using ObjectServer.Commands;

namespace ObjectServer.Conformance;

/// <summary><c>objectserver lifecycle preview</c> and <c>/-/lifecycle/BUCKET</c>: what rules would do.</summary>
public sealed class LifecyclePreview(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_root_is_told_what_would_happen_to_each_version_and_when()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("logs/1");
        await bucket.PutAsync("other");
        var upload = (await bucket.SendAsync("POST", "logs/2", query: [("uploads", "")])).AssertOk().Element("UploadId");
        await SetRulesAsync(bucket);

        var answer = (await server.SendAsync("GET", $"/-/lifecycle/{bucket.Name}")).AssertOk();

        var actions = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(
            [("logs", "remove", "logs/1", "null"), ("uploads", "abort upload", "logs/2", upload)],
            actions.Select(action => (
                action.GetProperty("rule").GetString(),
                action.GetProperty("action").GetString(),
                action.GetProperty("key").GetString(),
                action.GetProperty("version").GetString())));
        Assert.All(actions, action => Assert.False(action.GetProperty("isDue").GetBoolean()));
        Assert.Equal(2, (await bucket.S3.ListObjectsV2Async(new() { BucketName = bucket.Name }, Cancellation)).KeyCount);
    }

    [Fact]
    public async Task Nobody_else_is_told_anything_and_nothing_of_what_is_not_there()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var target = $"/-/lifecycle/{bucket.Name}";
        Assert.Equal(404, (await server.SendAsync("GET", target)).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/-/lifecycle/no-such-bucket")).Status);
        await SetRulesAsync(bucket);
        Assert.Equal(200, (await server.SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.RawAs(SeededCallers.Reader).SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.RawAs(SeededCallers.Alt).SendAsync("GET", target)).Status);
        Assert.Equal(403, (await server.Raw.SendUnsignedAsync("GET", target)).Status);
        Assert.Equal(405, (await server.SendAsync("POST", target)).Status);
    }

    [Fact]
    public async Task The_command_asks_the_server_or_looks_at_the_store_itself_and_sees_the_same()
    {
        using var directory = new ScratchDirectory();
        string asked;
        await using (var process = await ServerProcess.StartAsync(directory["data"], "--lifecycle-day", "1h"))
        {
            (await process.Raw.SendAsync("PUT", "/bucket")).AssertOk();
            (await process.Raw.SendAsync("PUT", "/bucket/key", [1])).AssertOk();
            var document = System.Text.Encoding.UTF8.GetBytes(PutBucketLifecycleConfiguration.Rule(
                "<ID>rule</ID><Filter/><Expiration><Days>5</Days></Expiration>"));
            (await process.Raw.SendAsync(
                "PUT",
                "/bucket?lifecycle",
                document,
                ("Content-MD5", Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(document))))).AssertOk();
            asked = await RunAsync(directory["data"], "--endpoint", process.Addresses[0].ToString());
        }

        Assert.Matches("^[0-9TZ:-]+\tremove\trule\tnull\tkey\n$", asked.ReplaceLineEndings("\n"));
        Assert.Equal(asked, await RunAsync(directory["data"]));
    }

    private static async Task SetRulesAsync(ScratchBucket bucket) => await LifecycleServer.SetRulesAsync(
        bucket.S3,
        bucket.Name,
        new Amazon.S3.Model.LifecycleRule
        {
            Id = "logs",
            Filter = new() { LifecycleFilterPredicate = new Amazon.S3.Model.LifecyclePrefixPredicate { Prefix = "logs/" } },
            Expiration = new() { Days = 3 },
        },
        new Amazon.S3.Model.LifecycleRule
        {
            Id = "uploads",
            AbortIncompleteMultipartUpload = new() { DaysAfterInitiation = 2 },
        });

    private static async Task<string> RunAsync(string data, params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var code = await new ObjectServerCommand(output, errors, _ => null).RunAsync(
            [
                "lifecycle", "preview", "bucket", "--data", data, "--lifecycle-day", "1h",
                "--access-key", ServerFixture.AccessKeyId, "--secret-key", ServerFixture.SecretAccessKey,
                .. arguments,
            ],
            Cancellation);
        Assert.Equal((ObjectServerCommand.Success, ""), (code, errors.ToString()));
        return output.ToString();
    }
}

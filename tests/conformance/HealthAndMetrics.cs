namespace ObjectServer.Conformance;

/// <summary>The server's own paths under <c>/-/</c>, which need no signature.</summary>
public sealed class HealthAndMetrics(ServerFixture server)
{
    [Theory]
    [InlineData("/-/health/live", "live\n")]
    [InlineData("/-/health/ready", "ready\n")]
    [InlineData("/-/health/ready?anything", "ready\n")]
    public async Task Health_answers_anybody(string target, string says) =>
        Assert.Equal(says, (await server.Raw.SendUnsignedAsync("GET", target)).AssertOk().Text);

    [Theory]
    [InlineData("/-/health/live")]
    [InlineData("/-/metrics")]
    public async Task HEAD_has_the_length_and_not_the_body(string target)
    {
        var answer = await server.Raw.SendUnsignedAsync("HEAD", target);

        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
        Assert.NotEqual("0", answer.Header("Content-Length"));
    }

    [Fact]
    public async Task Other_methods_and_paths_are_refused()
    {
        Assert.Equal(405, (await server.Raw.SendUnsignedAsync("POST", "/-/health/live", [])).Status);
        Assert.Equal(404, (await server.Raw.SendUnsignedAsync("GET", "/-/nothing")).Status);
    }

    [Fact]
    public async Task Metrics_show_requests_by_operation_and_what_buckets_hold()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("PUT", $"/{bucket}/key", new byte[1234])).AssertOk();

        var metrics = await server.Raw.SendUnsignedAsync("GET", "/-/metrics");

        var text = metrics.AssertOk().Text;
        Assert.StartsWith("text/plain; version=0.0.4", metrics.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains($"objectserver_bucket_size_bytes{{bucket=\"{bucket}\"}} 1234\n", text, StringComparison.Ordinal);
        Assert.Contains($"objectserver_bucket_objects{{bucket=\"{bucket}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_requests_total{operation=\"PutObject\",status=\"2xx\"}", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_request_duration_seconds_bucket{operation=\"PutObject\"", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_journal_syncs_total", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_disk_free_bytes", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_virtual_hosted_request_they_are_keys()
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.SendAsync(
            "GET", "/-/metrics", null, ("Host", $"{bucket}.localhost:{server.Endpoint.Port}"));

        answer.AssertRefused(404, "NoSuchKey");
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>Storage classes whose bytes lie in directories of their own, as the command line names them.</summary>
public sealed class ClassDirectories : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static (string Name, string Value) InClass(string storageClass) => ("x-amz-storage-class", storageClass);

    [Fact]
    public async Task Objects_lie_where_their_class_does_and_a_start_without_that_directory_is_refused_by_its_name()
    {
        var (data, slow) = (_directory["data"], _directory["slow"]);
        await using (var server = await ServerProcess.StartAsync(data, "--storage-class", $"STANDARD_IA={slow}"))
        {
            (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
            (await server.Raw.SendAsync("PUT", "/bucket/put", "content"u8.ToArray(), InClass("STANDARD_IA"))).AssertOk();
            Assert.Single(Blobs(slow));
            (await server.Raw.SendAsync("PUT", "/bucket/usual", "content"u8.ToArray())).AssertOk();
            (await server.Raw.SendAsync(
                "PUT", "/bucket/copy", null, InClass("STANDARD_IA"), ("x-amz-copy-source", "/bucket/usual"))).AssertOk();
            Assert.Equal(2, Blobs(slow).Length);
            await UploadAsync(server);
            Assert.Equal(3, Blobs(slow).Length);
            var metrics = (await server.Raw.SendUnsignedAsync("GET", "/-/metrics")).AssertOk().Text;
            Assert.Contains("objectserver_storage_class_blobs{storage_class=\"STANDARD_IA\"} 3\n", metrics, StringComparison.Ordinal);
            (await server.Raw.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk();
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(data));
        Assert.Contains($"--storage-class STANDARD_IA={slow}", failure.Message, StringComparison.Ordinal);

        await using var again = await ServerProcess.StartAsync(data, "--storage-class", $"STANDARD_IA={slow}");
        foreach (var key in (string[])["put", "copy", "usual", "parts"])
        {
            var found = (await again.Raw.SendAsync("GET", $"/bucket/{key}")).AssertOk();
            Assert.Equal("content", found.Text);
            Assert.Equal(key == "usual" ? null : "STANDARD_IA", found.Header("x-amz-storage-class"));
        }

        // Its class changed in place, an object's bytes go home.
        (await again.Raw.SendAsync(
            "PUT", "/bucket/put", null, InClass("STANDARD"), ("x-amz-copy-source", "/bucket/put"))).AssertOk();
        Assert.Equal(2, Blobs(slow).Length);
        Assert.Equal("content", (await again.Raw.SendAsync("GET", "/bucket/put")).Text);
    }

    [Fact]
    public async Task A_lifecycle_rule_takes_an_object_to_the_archive_s_directory_from_where_a_restore_reads_it()
    {
        var (data, slow) = (_directory["data"], _directory["slow"]);
        await using var server = await ServerProcess.StartAsync(
            data, "--storage-class", $"GLACIER={slow}", "--lifecycle-day", "1s", "--restore-delay", "Standard=1s");
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
        var bytes = new byte[200_000];
        Array.Fill(bytes, (byte)7);
        (await server.Raw.SendAsync("PUT", "/bucket/k", bytes)).AssertOk();
        Assert.Single(Blobs(data));
        var rules = Encoding.UTF8.GetBytes(
            "<LifecycleConfiguration><Rule><ID>cool</ID><Filter/><Status>Enabled</Status>"
            + "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>");
        (await server.Raw.SendAsync(
            "PUT",
            "/bucket?lifecycle",
            rules,
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(rules))))).AssertOk();
        await ServerProcess.EventuallyAsync(async () =>
            (await server.Raw.SendAsync("HEAD", "/bucket/k")).Header("x-amz-storage-class") == "GLACIER");
        Assert.Single(Blobs(slow));
        await ServerProcess.EventuallyAsync(() => Task.FromResult(Blobs(data).Length == 0));
        (await server.Raw.SendAsync("GET", "/bucket/k")).AssertRefused(403, "InvalidObjectState");

        (await server.Raw.SendAsync(
            "POST", "/bucket/k?restore", "<RestoreRequest><Days>3600</Days></RestoreRequest>"u8.ToArray())).AssertOk(202);
        await ServerProcess.EventuallyAsync(async () => (await server.Raw.SendAsync("GET", "/bucket/k")).Status == 200);
        Assert.Equal(bytes, (await server.Raw.SendAsync("GET", "/bucket/k")).Body);
    }

    [Theory]
    [InlineData("STANDARD_IA", "is not a class and its directory")]
    [InlineData("OUTPOSTS=elsewhere", "'OUTPOSTS' is none of")]
    [InlineData("GLACIER=data/blobs", "must not hold one another")]
    [InlineData("GLACIER=missing/below", "There is no directory")]
    public async Task A_directory_that_cannot_be_is_refused_at_the_start(string value, string says)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(_directory["data"], "--storage-class", value));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    private static async Task UploadAsync(ServerProcess server)
    {
        var begun = await server.Raw.SendAsync("POST", "/bucket/parts?uploads", null, InClass("STANDARD_IA"));
        var upload = begun.AssertOk().Element("UploadId");
        var part = await server.Raw.SendAsync(
            "PUT", $"/bucket/parts?partNumber=1&uploadId={upload}", "content"u8.ToArray());
        (await server.Raw.SendAsync(
            "POST",
            $"/bucket/parts?uploadId={upload}",
            Encoding.UTF8.GetBytes(
                "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
                + $"<ETag>{WebUtility.HtmlEncode(part.AssertOk().Header("ETag"))}</ETag></Part></CompleteMultipartUpload>")))
            .AssertOk();
    }

    private static string[] Blobs(string directory) =>
        Directory.GetFiles(Path.Combine(directory, "blobs"), "*", SearchOption.AllDirectories);
}

using System.Globalization;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>What holds of every request, whatever its operation.</summary>
public sealed class Requests(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_names_itself_its_time_and_its_server()
    {
        var answers = new[]
        {
            await server.SendAsync("GET", "/"),
            await server.SendAsync("GET", $"/{ServerFixture.NewBucketName()}"),
            await server.SendAsync("HEAD", $"/{ServerFixture.NewBucketName()}"),
            await server.Raw.SendUnsignedAsync("GET", "/"),
        };

        foreach (var answer in answers)
        {
            Assert.Matches("^[0-9A-F]{16}$", answer.Header("x-amz-request-id"));
            Assert.NotEmpty(answer.Header("x-amz-id-2")!);
            Assert.Equal("ObjectServer", answer.Header("Server"));
            Assert.True(DateTimeOffset.TryParseExact(
                answer.Header("Date"), "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        }

        Assert.Distinct(answers.Select(answer => answer.Header("x-amz-request-id")));
    }

    [Fact]
    public async Task A_refusal_is_a_document_without_a_namespace_that_repeats_the_request_id()
    {
        var name = ServerFixture.NewBucketName();

        var answer = await server.SendAsync("GET", $"/{name}");

        answer.AssertRefused(404, "NoSuchBucket");
        Assert.Equal("application/xml", answer.Header("Content-Type"));
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code>"
            + $"<Message>The specified bucket does not exist</Message><BucketName>{name}</BucketName>"
            + $"<RequestId>{answer.Header("x-amz-request-id")}</RequestId><HostId>{answer.Header("x-amz-id-2")}</HostId></Error>",
            answer.Text);
    }

    [Fact]
    public async Task A_missing_key_is_named()
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.SendAsync("GET", $"/{bucket}/a%20%26%20b");

        Assert.Equal("a &amp; b", answer.AssertRefused(404, "NoSuchKey").Element("Key"));
    }

    [Fact]
    public async Task A_refused_HEAD_has_no_body()
    {
        var answer = await server.SendAsync("HEAD", $"/{ServerFixture.NewBucketName()}/key");

        Assert.Equal((404, 0), (answer.Status, answer.Body.Length));
    }

    [Fact]
    public async Task What_is_not_served_is_refused_by_name()
    {
        var answer = await server.SendAsync("PUT", "/any-bucket?replication", []);

        Assert.Equal(
            "The operation PutBucketReplication is not implemented.", answer.AssertRefused(501, "NotImplemented").Element("Message"));
    }

    [Fact]
    public async Task A_subresource_that_is_not_served_writes_no_object()
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.SendAsync("PUT", $"/{bucket}/key?encryption", "<ObjectEncryption/>"u8.ToArray());

        answer.AssertRefused(501, "NotImplemented");
        (await server.SendAsync("GET", $"/{bucket}/key")).AssertRefused(404, "NoSuchKey");
    }

    [Fact]
    public async Task A_method_that_a_resource_does_not_have_is_refused_with_those_it_has()
    {
        var answer = await server.SendAsync("PATCH", "/any-bucket/key");

        answer.AssertRefused(405, "MethodNotAllowed");
        Assert.Equal("DELETE, GET, HEAD, POST, PUT", answer.Header("Allow"));
        Assert.Equal(("PATCH", "OBJECT"), (answer.Element("Method"), answer.Element("ResourceType")));
    }

    [Fact]
    public async Task A_header_that_cannot_be_obeyed_is_refused_by_name()
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.SendAsync(
            "PUT", $"/{bucket}/key", [], ("x-amz-server-side-encryption", "AES256"));

        answer.AssertRefused(501, "NotImplemented");
        Assert.Equal("x-amz-server-side-encryption", answer.Element("Header"));
    }

    [Fact]
    public async Task Nobody_in_particular_may_do_nothing()
    {
        var bucket = await server.NewBucketAsync();

        (await server.Raw.SendUnsignedAsync("GET", "/")).AssertRefused(403, "AccessDenied");
        (await server.Raw.SendUnsignedAsync("GET", $"/{bucket}")).AssertRefused(403, "AccessDenied");
        (await server.Raw.SendUnsignedAsync("PUT", $"/{bucket}/key", [])).AssertRefused(403, "AccessDenied");
    }

    [Theory]
    [InlineData(ServerFixture.AccountId, 200, null)]
    [InlineData("123456789012", 403, "AccessDenied")]
    [InlineData("12345", 400, "InvalidRequest")]
    public async Task The_expected_owner_of_a_bucket_is_checked(string owner, int status, string? code)
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.SendAsync("GET", $"/{bucket}", null, ("x-amz-expected-bucket-owner", owner));

        Assert.Equal((status, code), (answer.Status, answer.Element("Code")));
    }

    [Fact]
    public async Task Too_many_bytes_of_headers_are_refused()
    {
        var answer = await server.SendAsync("GET", "/", null, ("x-amz-meta-long", new string('a', 20_000)));

        answer.AssertRefused(400, "RequestHeaderSectionTooLarge");
    }

    [Fact]
    public async Task Who_waits_for_100_Continue_is_refused_before_sending_a_byte()
    {
        var target = $"/{ServerFixture.NewBucketName()}/key";
        await using var stream = await server.Raw.OpenAsync();
        var head = server.Raw.Sign(
            "PUT", target, [("Expect", "100-continue"), ("Content-Length", "1000000000")]);
        await stream.WriteAsync(RawClient.Write("PUT", target, null, head), Cancellation);

        var answer = await RawAnswer.ReadAsync(stream, isHead: false, Cancellation);

        answer.AssertRefused(404, "NoSuchBucket");
        Assert.Equal("close", answer.Header("Connection"));
    }

    [Theory]
    [InlineData("?tagging")]
    [InlineData("key?tagging")]
    [InlineData("key?retention")]
    [InlineData("key?legal-hold")]
    public async Task Who_may_not_send_a_document_is_refused_whatever_it_says_before_sending_it(string target)
    {
        target = $"/{await server.NewBucketAsync()}/{target}";
        var bare = server.RawAs(SeededCallers.Bare);
        (await bare.SendAsync("PUT", target, "no document"u8.ToArray())).AssertRefused(403, "AccessDenied");

        await using var stream = await server.Raw.OpenAsync();
        var head = bare.Sign("PUT", target, [("Expect", "100-continue"), ("Content-Length", "5")]);
        await stream.WriteAsync(RawClient.Write("PUT", target, null, head), Cancellation);
        (await RawAnswer.ReadAsync(stream, isHead: false, Cancellation)).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Who_may_make_no_bucket_is_refused_whatever_the_document_says() =>
        (await server.RawAs(SeededCallers.Bare).SendAsync(
            "PUT", $"/{ServerFixture.NewBucketName()}", "no document"u8.ToArray())).AssertRefused(403, "AccessDenied");

    [Fact]
    public async Task A_document_that_a_policy_asks_for_is_read_before_the_decision()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":"*","Action":"s3:PutObjectTagging","Resource":"arn:aws:s3:::{{bucket.Name}}/*","Condition":{"StringEquals":{"s3:RequestObjectTag/team":"red"} } }""");

        (await TagAsync("<Tagging><TagSet><Tag><Key>team</Key><Value>red</Value></Tag></TagSet></Tagging>")).AssertOk();
        (await TagAsync("<Tagging><TagSet><Tag><Key>team</Key><Value>blue</Value></Tag></TagSet></Tagging>"))
            .AssertRefused(403, "AccessDenied");
        (await TagAsync("no document")).AssertRefused(400, "MalformedXML");

        Task<RawAnswer> TagAsync(string text)
        {
            var document = System.Text.Encoding.UTF8.GetBytes(text);
            return server.RawAs(SeededCallers.Bare).SendAsync(
                "PUT", $"/{bucket.Name}/key?tagging", document,
                ("Content-MD5", Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(document))));
        }
    }

    [Fact]
    public async Task Who_waits_for_100_Continue_and_may_go_on_is_told_so()
    {
        var target = $"/{await server.NewBucketAsync()}/key";
        await using var stream = await server.Raw.OpenAsync();
        var head = server.Raw.Sign("PUT", target, [("Expect", "100-continue"), ("Content-Length", "5")]);
        await stream.WriteAsync(RawClient.Write("PUT", target, null, head), Cancellation);

        var invitation = await RawAnswer.ReadAsync(stream, isHead: false, Cancellation);
        await stream.WriteAsync("hello"u8.ToArray(), Cancellation);
        var answer = await RawAnswer.ReadAsync(stream, isHead: false, Cancellation);

        Assert.Equal((100, 200), (invitation.Status, answer.Status));
    }

    [Fact]
    public async Task Who_waits_for_100_Continue_with_nothing_to_send_gets_the_last_answer_of_the_connection()
    {
        var target = $"/{await server.NewBucketAsync()}/empty";

        var answer = await server.Raw.SendAsync(
            "PUT", target, null, ("Expect", "100-continue"), ("Content-Length", "0"));

        Assert.Equal((200, "close"), (answer.AssertOk().Status, answer.Header("Connection")));
    }

    [Fact]
    public async Task A_connection_serves_one_request_after_another_refusals_included()
    {
        var bucket = await server.NewBucketAsync();
        await using var stream = await server.Raw.OpenAsync();
        var statuses = new List<int>();
        foreach (var (method, target) in new[]
        {
            ("PUT", $"/{bucket}/key"), ("GET", $"/{bucket}/none"), ("GET", $"/{bucket}/key"), ("DELETE", $"/{bucket}/key"),
        })
        {
            var body = method == "PUT" ? "hello"u8.ToArray() : null;
            var request = RawClient.Write(method, target, body, server.Raw.Sign(method, target, []));
            await stream.WriteAsync(request, Cancellation);
            statuses.Add((await RawAnswer.ReadAsync(stream, isHead: false, Cancellation)).Status);
        }

        Assert.Equal([200, 404, 200, 204], statuses);
    }

    [Fact]
    public async Task A_body_that_stops_early_leaves_nothing_behind()
    {
        var bucket = await server.NewBucketAsync();
        var target = $"/{bucket}/key";
        await using (var stream = await server.Raw.OpenAsync())
        {
            var head = server.Raw.Sign("PUT", target, [("Content-Length", "100")]);
            await stream.WriteAsync(RawClient.Write("PUT", target, "half"u8.ToArray(), head), Cancellation);
        }

        (await server.SendAsync("GET", target)).AssertRefused(404, "NoSuchKey");
    }

    [Fact]
    public async Task Metadata_beyond_ascii_is_taken_as_utf8_and_as_latin1()
    {
        var bucket = await server.NewBucketAsync();
        foreach (var (key, encoding) in new[] { ("utf8", Encoding.UTF8), ("latin1", Encoding.Latin1) })
        {
            var target = $"/{bucket}/{key}";
            var headers = server.Raw.Sign("PUT", target, [("x-amz-meta-name", "café")]);
            var request = Encoding.UTF8.GetString(RawClient.Write("PUT", target, [], headers));
            (await server.Raw.ExchangeAsync(encoding.GetBytes(request))).AssertOk();
        }

        Assert.Equal(
            (await server.SendAsync("HEAD", $"/{bucket}/utf8")).Header("x-amz-meta-name"),
            (await server.SendAsync("HEAD", $"/{bucket}/latin1")).Header("x-amz-meta-name"));
    }
}

using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html</summary>
public sealed class PutBucketLifecycleConfiguration(ServerFixture server)
{
    private const string Ends = "<Expiration><Days>1</Days></Expiration>";

    [Fact]
    public async Task New_rules_replace_the_old_ones_and_hold_for_objects_that_are_there()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        Assert.Null((await bucket.HeadAsync("key")).Expiration);
        (await SendAsync(bucket, Rule("<ID>a</ID><Filter/>" + Ends))).AssertOk();
        Assert.Equal("a", (await bucket.HeadAsync("key")).Expiration.RuleId);
        (await SendAsync(bucket, Rule("<ID>b</ID><Filter/>" + Ends))).AssertOk();
        Assert.Equal("b", (await bucket.HeadAsync("key")).Expiration.RuleId);
    }

    [Theory]
    [InlineData("", 400, "MissingRequestBodyError")]
    [InlineData("<LifecycleConfiguration", 400, "MalformedXML")]
    [InlineData("<LifecycleConfiguration/>", 400, "MalformedXML")]
    public async Task What_is_no_document_of_rules_is_refused_and_changes_nothing(string document, int status, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, document)).AssertRefused(status, code);
        (await bucket.SendAsync("GET", "", query: [("lifecycle", "")])).AssertRefused(404, "NoSuchLifecycleConfiguration");
    }

    [Theory]
    [InlineData("<Filter/>", "InvalidRequest", "At least one action needs to be specified in a rule")]
    [InlineData("<Filter/><Expiration><Days>0</Days></Expiration>", "InvalidArgument", "'Days' for Expiration action must be a positive integer")]
    [InlineData("<Filter/><Expiration><Date>2030-01-01T00:30:00Z</Date></Expiration>", "InvalidArgument", "'Date' must be at midnight GMT")]
    [InlineData(
        "<Filter/><Transition><Days>10</Days><StorageClass>STANDARD_IA</StorageClass></Transition>",
        "InvalidArgument",
        "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'")]
    [InlineData(
        "<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>"
        + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        "InvalidRequest",
        "AbortIncompleteMultipartUpload cannot be specified with Tags.")]
    public async Task What_contradicts_itself_is_refused_in_AWSs_words(string rule, string code, string message)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = (await SendAsync(bucket, Rule(rule))).AssertRefused(400, code);
        Assert.Equal(message, answer.Element("Message"));
    }

    [Theory]
    [InlineData(null, "all_storage_classes_128K")]
    [InlineData("all_storage_classes_128K", "all_storage_classes_128K")]
    [InlineData("varies_by_storage_class", "varies_by_storage_class")]
    public async Task The_least_size_of_what_moves_is_kept_and_said(string? sent, string kept)
    {
        const string Header = "x-amz-transition-default-minimum-object-size";
        var bucket = await ScratchBucket.CreateAsync(server);
        var put = (await SendAsync(bucket, Rule("<Filter/>" + Ends), sent is null ? [] : [(Header, sent)])).AssertOk();
        Assert.Equal(kept, put.Header(Header));
        Assert.Equal(kept, (await bucket.SendAsync("GET", "", query: [("lifecycle", "")])).AssertOk().Header(Header));
    }

    [Fact]
    public async Task A_least_size_that_does_not_exist_is_refused()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = (await SendAsync(
            bucket, Rule("<Filter/>" + Ends), ("x-amz-transition-default-minimum-object-size", "64K")))
            .AssertRefused(400, "InvalidRequest");
        Assert.Equal("Invalid TransitionDefaultMinimumObjectSize found: 64K", answer.Element("Message"));
    }

    [Fact]
    public async Task A_thousand_rules_are_taken_and_not_one_more()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var rules = string.Concat(Enumerable.Range(0, 1000).Select(at =>
            $"<Rule><Filter><Prefix>{at:0000}/</Prefix></Filter><Status>Enabled</Status>{Ends}</Rule>"));
        (await SendAsync(bucket, $"<LifecycleConfiguration>{rules}</LifecycleConfiguration>")).AssertOk();
        (await SendAsync(
            bucket,
            $"<LifecycleConfiguration>{rules}<Rule><Filter/><Status>Enabled</Status>{Ends}</Rule></LifecycleConfiguration>"))
            .AssertRefused(400, "InvalidRequest");
        await bucket.PutAsync("0999/key");
        Assert.NotNull((await bucket.HeadAsync("0999/key")).Expiration);
    }

    [Fact]
    public async Task A_digest_is_required()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("PUT", "", Encoding.UTF8.GetBytes(Rule("<Filter/>" + Ends)), [("lifecycle", "")]))
            .AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public async Task Nobody_in_particular_may_not()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var method in (string[])["PUT", "GET", "DELETE"])
        {
            (await server.Raw.SendUnsignedAsync(method, $"/{bucket.Name}?lifecycle")).AssertRefused(403, "AccessDenied");
        }
    }

    [Fact]
    public async Task Answers_to_reads_and_writes_say_when_an_object_will_expire()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(
            bucket,
            "<LifecycleConfiguration>"
            + "<Rule><ID>slow</ID><Filter/><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>"
            + "<Rule><ID>Delete after 14 days</ID><Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>"
            + "<Expiration><Days>14</Days></Expiration></Rule></LifecycleConfiguration>")).AssertOk();
        var due = DateTime.UtcNow.AddDays(14);
        var put = await bucket.SendAsync("PUT", "a/1", [1]);
        var expiration = put.AssertOk().Header("x-amz-expiration");
        Assert.Matches("^expiry-date=\"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} 00:00:00 GMT\", rule-id=\"Delete%20after%2014%20days\"$", expiration);
        var said = (await bucket.HeadAsync("a/1")).Expiration.ExpiryDate.ToUniversalTime();
        Assert.InRange(said, due.Date, due.AddDays(1));

        Assert.Equal(expiration, (await bucket.SendAsync("GET", "a/1")).AssertOk().Header("x-amz-expiration"));
        var copy = await bucket.SendAsync("PUT", "a/2", headers: ("x-amz-copy-source", $"/{bucket.Name}/a/1"));
        Assert.Equal(expiration, copy.AssertOk().Header("x-amz-expiration"));
        var completed = await bucket.PutPartsAsync("a/3", null, 10);
        Assert.Equal("Delete after 14 days", completed.Expiration.RuleId);
        Assert.Equal("slow", (await bucket.PutAsync("b")).Expiration.RuleId);

        // AWS says it of what is current, not of a version that was asked for by its id.
        var version = await bucket.SendAsync("GET", "a/1", query: [("versionId", "null")]);
        Assert.Null(version.AssertOk().Header("x-amz-expiration"));
    }

    [Fact]
    public async Task Answers_about_uploads_say_when_they_will_be_aborted()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, Rule(
            "<ID>abort</ID><Filter><Prefix>a/</Prefix></Filter>"
            + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>")))
            .AssertOk();
        var begun = (await bucket.SendAsync("POST", "a/1", query: [("uploads", "")])).AssertOk();
        Assert.Equal("abort", begun.Header("x-amz-abort-rule-id"));
        Assert.EndsWith(" 00:00:00 GMT", begun.Header("x-amz-abort-date"), StringComparison.Ordinal);
        var listed = (await bucket.SendAsync("GET", "a/1", query: [("uploadId", begun.Element("UploadId")!)])).AssertOk();
        Assert.Equal(begun.Header("x-amz-abort-date"), listed.Header("x-amz-abort-date"));
        Assert.Equal("abort", listed.Header("x-amz-abort-rule-id"));
        var other = (await bucket.SendAsync("POST", "b", query: [("uploads", "")])).AssertOk();
        Assert.Null(other.Header("x-amz-abort-date"));
    }

    /// <summary>Sends a document with its digest.</summary>
    internal static Task<RawAnswer> SendAsync(
        ScratchBucket bucket, string document, params (string Name, string Value)[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        return bucket.SendAsync(
            "PUT",
            "",
            bytes,
            [("lifecycle", "")],
            [("Content-MD5", Convert.ToBase64String(MD5.HashData(bytes))), .. headers]);
    }

    /// <summary>A document of one enabled rule.</summary>
    internal static string Rule(string content) =>
        $"<LifecycleConfiguration><Rule><Status>Enabled</Status>{content}</Rule></LifecycleConfiguration>";
}

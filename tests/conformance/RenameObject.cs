using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class RenameObject(ServerFixture server)
{
    [Fact]
    public async Task An_object_moves_with_all_that_it_has()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a b+c", "moved", put => put.Metadata.Add("m", "v"));
        await RenameAsync(bucket, "a%20b+c", "d/e");
        var (response, content) = await bucket.GetAsync("d/e");
        Assert.Equal(("moved", "v"), (content, response.Metadata["m"]));
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("a b+c"));
    }

    [Fact]
    public async Task What_was_there_before_is_replaced_unless_a_condition_keeps_it()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a", "a");
        await bucket.PutAsync("b", "b");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => RenameAsync(bucket, "a", "b", rename => rename.DestinationIfNoneMatch = "*"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed",
            () => RenameAsync(bucket, "a", "b", rename => rename.SourceIfMatch = "\"x\""));
        Assert.Equal("b", (await bucket.GetAsync("b")).Content);
        await RenameAsync(bucket, "a", "b");
        Assert.Equal("a", (await bucket.GetAsync("b")).Content);
    }

    [Fact]
    public async Task A_token_makes_asking_again_harmless()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a", "a");
        var token = Guid.NewGuid().ToString();
        await RenameAsync(bucket, "a", "b", rename => rename.ClientToken = token);
        await bucket.PutAsync("a", "another");
        await RenameAsync(bucket, "a", "b", rename => rename.ClientToken = token);
        Assert.Equal("a", (await bucket.GetAsync("b")).Content);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "IdempotencyParameterMismatch",
            () => RenameAsync(bucket, "a", "c", rename => rename.ClientToken = token));
    }

    [Fact]
    public async Task A_rename_needs_a_source_that_is_another_key()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => RenameAsync(bucket, "none", "b"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRequest", () => RenameAsync(bucket, "a", "a"));
        var without = await bucket.SendAsync(
            "PUT", "b", [], [("renameObject", "")]);
        without.AssertRefused(400, "MissingSecurityHeader");
    }

    [Fact]
    public async Task Dates_of_the_destination_are_refused_by_name()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("a");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotImplemented, "NotImplemented",
            () => RenameAsync(bucket, "a", "b", rename => rename.DestinationIfUnmodifiedSince = DateTime.UtcNow));
    }

    [Fact]
    public async Task A_versioned_bucket_gets_a_marker_where_the_object_was()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var version = (await bucket.PutAsync("a", "kept")).VersionId;
        await RenameAsync(bucket, "a", "b");
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("a"));
        Assert.Equal("kept", (await bucket.GetAsync("a", get => get.VersionId = version)).Content);
        Assert.Equal("kept", (await bucket.GetAsync("b")).Content);
    }

    [Fact]
    public async Task An_acl_moves_with_its_object()
    {
        var bucket = await server.NewBucketAsync(ObjectOwnership.ObjectWriter);
        await bucket.PutAsync("a", with: put => put.CannedACL = S3CannedACL.PublicRead);
        await RenameAsync(bucket, "a", "b");
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("b"));
    }

    private static Task<RenameObjectResponse> RenameAsync(
        ScratchBucket bucket, string source, string key, Action<RenameObjectRequest>? with = null)
    {
        var request = new RenameObjectRequest { BucketName = bucket.Name, Key = key, RenameSource = source };
        with?.Invoke(request);
        return bucket.S3.RenameObjectAsync(request, TestContext.Current.CancellationToken);
    }
}

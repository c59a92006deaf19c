using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>Buckets whose versions go, and whose versioning changes, only with a code of the root's device.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html</remarks>
public sealed class MfaDelete(ServerFixture server)
{
    private const string Header = "x-amz-mfa";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_SDK_switches_it_on_deletes_a_version_and_switches_it_off()
    {
        var device = await MfaCases.EnableAsync(server, "root");
        var bucket = await ScratchBucket.CreateAsync(server);
        await SetAsync(bucket, VersionStatus.Enabled, mfaDelete: true, await CodesAsync(device));
        var on = await server.S3.GetBucketVersioningAsync(bucket.Name, Cancellation);
        Assert.Equal((VersionStatus.Enabled, true), (on.VersioningConfig.Status, on.VersioningConfig.EnableMfaDelete));

        var put = await bucket.PutAsync("key");
        var delete = new DeleteObjectRequest { BucketName = bucket.Name, Key = "key", VersionId = put.VersionId };
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => server.S3.DeleteObjectAsync(delete, Cancellation));
        Assert.Equal("content", (await bucket.GetAsync("key")).Content);
        delete.MfaCodes = await CodesAsync(device);
        await server.S3.DeleteObjectAsync(delete, Cancellation);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("key"));

        await SetAsync(bucket, VersionStatus.Enabled, mfaDelete: false, await CodesAsync(device));
        var off = await server.SendAsync("GET", $"/{bucket.Name}?versioning");
        Assert.Equal(("Enabled", "Disabled"), (off.Element("Status"), off.Element("MfaDelete")));
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task What_was_never_switched_on_is_not_spoken_of()
    {
        var bucket = await server.NewBucketAsync();
        (await PutAsync(bucket, "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>")).AssertOk();

        Assert.Null((await server.SendAsync("GET", $"/{bucket}?versioning")).Element("MfaDelete"));
    }

    [Fact]
    public async Task It_is_switched_on_by_a_code_that_counts_and_by_nothing_else()
    {
        const string on = "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>";
        var device = await MfaCases.EnableAsync(server, "root");
        var foreign = await MfaCases.CreateAsync(server);
        var bucket = await server.NewBucketAsync();
        var code = await device.NextCodeAsync(server);
        var wrong = code[..5] + (char)('0' + ((code[5] - '0' + 5) % 10));

        AssertDenied(await PutAsync(bucket, on), "Mfa Authentication must be used for this request");
        foreach (var header in (string[])
        [
            $"{device.SerialNumber} {wrong}", device.SerialNumber, code, $"{device.SerialNumber}{code}",
            $"{device.SerialNumber} {code} {code}", $"{foreign.SerialNumber} {code}", "",
        ])
        {
            AssertDenied(await PutAsync(bucket, on, header), "Mfa Authentication failed for this request");
        }

        Assert.Null((await server.SendAsync("GET", $"/{bucket}?versioning")).Element("MfaDelete"));
        (await PutAsync(bucket, on, $"{device.SerialNumber} {code}")).AssertOk();
        Assert.Equal("Enabled", (await server.SendAsync("GET", $"/{bucket}?versioning")).Element("MfaDelete"));
        await device.DeleteAsync(server);
        await server.IamAsync("DeleteVirtualMFADevice", ("SerialNumber", foreign.SerialNumber));
    }

    [Fact]
    public async Task While_it_is_on_versioning_changes_with_a_code_alone()
    {
        var (device, bucket) = await NewBucketAsync();

        AssertDenied(await PutAsync(bucket.Name, "<Status>Suspended</Status>"));
        AssertDenied(await PutAsync(bucket.Name, "<Status>Enabled</Status>"));
        AssertDenied(await PutAsync(bucket.Name, "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>"));
        (await PutAsync(bucket.Name, "<Status>Suspended</Status>", await device.NextHeaderAsync(server))).AssertOk();

        var kept = await server.SendAsync("GET", $"/{bucket.Name}?versioning");
        Assert.Equal(("Suspended", "Enabled"), (kept.Element("Status"), kept.Element("MfaDelete")));
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task A_code_counts_once()
    {
        var (device, bucket) = await NewBucketAsync();
        var (first, second) = (await bucket.PutAsync("key"), await bucket.PutAsync("key"));
        var header = await device.NextHeaderAsync(server);

        (await DeleteAsync(bucket, "key", first.VersionId, header)).AssertOk(204);
        AssertDenied(await DeleteAsync(bucket, "key", second.VersionId, header));
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task Without_a_version_a_deletion_hides_and_needs_no_code_but_its_marker_is_a_version()
    {
        var (device, bucket) = await NewBucketAsync();
        await bucket.PutAsync("key");

        var hidden = (await DeleteAsync(bucket, "key", versionId: null)).AssertOk(204);
        var marker = hidden.Header("x-amz-version-id");
        AssertDenied(await DeleteAsync(bucket, "key", marker));
        AssertDenied(await DeleteAsync(bucket, "key", versionId: null, device.SerialNumber + " 000000x"));
        (await DeleteAsync(bucket, "key", marker, await device.NextHeaderAsync(server))).AssertOk(204);

        Assert.Equal("content", (await bucket.GetAsync("key")).Content);
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task Of_many_keys_none_goes_without_the_code_that_one_of_them_needs()
    {
        var (device, bucket) = await NewBucketAsync();
        var put = await bucket.PutAsync("versioned");
        await bucket.PutAsync("plain");
        var request = new DeleteObjectsRequest { BucketName = bucket.Name };
        request.AddKey("plain");
        request.AddKey("versioned", put.VersionId);

        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => server.S3.DeleteObjectsAsync(request, Cancellation));
        Assert.Equal("content", (await bucket.GetAsync("plain")).Content);
        Assert.Equal("content", (await bucket.GetAsync("versioned")).Content);

        request.MfaCodes = await CodesAsync(device);
        var answer = await server.S3.DeleteObjectsAsync(request, Cancellation);
        Assert.Equal(["plain", "versioned"], answer.DeletedObjects.Select(deleted => deleted.Key));

        var hides = new DeleteObjectsRequest { BucketName = bucket.Name };
        hides.AddKey("other");
        await server.S3.DeleteObjectsAsync(hides, Cancellation);
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task Nobody_but_the_root_of_the_owning_account_can()
    {
        var (name, key) = await server.NewUserAsync();
        var (device, bucket) = await NewBucketAsync();
        var own = await MfaCases.EnableAsync(server, name);
        var put = await bucket.PutAsync("key");
        var credentials = await key.GetCredentialsAsync();
        var user = server.RawAs((credentials.AccessKey, credentials.SecretKey));

        foreach (var header in (string[])
        [
            await device.NextHeaderAsync(server), $"{own.SerialNumber} {await own.NextCodeAsync(server, name)}",
        ])
        {
            AssertDenied(
                await user.SendAsync("DELETE", $"/{bucket.Name}/key?versionId={put.VersionId}", null, (Header, header)),
                "This operation may only be performed by the root of the account that owns the bucket");
        }

        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::{{bucket.Name}}","arn:aws:s3:::{{bucket.Name}}/*"]}""");
        AssertDenied(
            await server.RawAs(SeededCallers.Alt).SendAsync(
                "DELETE", $"/{bucket.Name}/key?versionId={put.VersionId}", null,
                (Header, await device.NextHeaderAsync(server))),
            "This operation may only be performed by the root of the account that owns the bucket");
        Assert.Equal("content", (await bucket.GetAsync("key")).Content);
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task Where_no_factor_is_asked_for_a_wrong_one_is_refused_and_elsewhere_the_header_is()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var put = await bucket.PutAsync("key");

        AssertDenied(await DeleteAsync(bucket, "key", put.VersionId, "arn:aws:iam::000000000000:mfa/none 123456"));
        (await bucket.SendAsync("GET", "key", null, null, (Header, "a 123456"))).AssertRefused(501, "NotImplemented");
    }

    [Fact]
    public async Task A_bucket_whose_versions_go_with_a_code_alone_has_no_lifecycle()
    {
        var lifecycle = new LifecycleConfiguration
        {
            Rules = [new() { Id = "old", Status = LifecycleRuleStatus.Enabled, Filter = new(), Expiration = new() { Days = 1 } }],
        };
        var (device, guarded) = await NewBucketAsync();
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict,
            "InvalidBucketState",
            () => server.S3.PutLifecycleConfigurationAsync(guarded.Name, lifecycle, Cancellation));

        var expiring = await server.NewBucketAsync();
        await server.S3.PutLifecycleConfigurationAsync(expiring, lifecycle, Cancellation);
        (await PutAsync(
            expiring, "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", await device.NextHeaderAsync(server)))
            .AssertRefused(409, "InvalidBucketState");
        await device.DeleteAsync(server);
    }

    [Fact]
    public async Task It_is_explained()
    {
        var (device, bucket) = await NewBucketAsync();
        var put = await bucket.PutAsync("key");
        var refused = await DeleteAsync(bucket, "key", put.VersionId, device.SerialNumber + " 123");

        var answer = await server.SendAsync("GET", $"/-/explain/{refused.Header("x-amz-request-id")}");

        Assert.Contains("x-amz-mfa is not the serial number of a device", answer.AssertOk().Text, StringComparison.Ordinal);
        Assert.Contains("DeleteObject", answer.Text, StringComparison.Ordinal);
        await device.DeleteAsync(server);
    }

    private async Task<(MfaCases Device, ScratchBucket Bucket)> NewBucketAsync()
    {
        var device = await MfaCases.EnableAsync(server, "root");
        var bucket = await ScratchBucket.CreateAsync(server);
        (await PutAsync(
            bucket.Name,
            "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>",
            await device.NextHeaderAsync(server))).AssertOk();
        return (device, bucket);
    }

    private async Task<MfaCodes> CodesAsync(MfaCases device) => new()
    {
        SerialNumber = device.SerialNumber,
        AuthenticationValue = await device.NextCodeAsync(server),
    };

    private Task<PutBucketVersioningResponse> SetAsync(
        ScratchBucket bucket, VersionStatus status, bool mfaDelete, MfaCodes codes) =>
        server.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest
            {
                BucketName = bucket.Name,
                VersioningConfig = new() { Status = status, EnableMfaDelete = mfaDelete },
                MfaCodes = codes,
            },
            Cancellation);

    private Task<RawAnswer> PutAsync(string bucket, string content, string? factor = null)
    {
        var document = Encoding.UTF8.GetBytes($"<VersioningConfiguration>{content}</VersioningConfiguration>");
        (string, string)[] headers = [("Content-MD5", Convert.ToBase64String(MD5.HashData(document)))];
        return server.SendAsync(
            "PUT", $"/{bucket}?versioning", document, factor is null ? headers : [.. headers, (Header, factor)]);
    }

    private static Task<RawAnswer> DeleteAsync(
        ScratchBucket bucket, string key, string? versionId, string? factor = null) => bucket.SendAsync(
            "DELETE", key, null, versionId is null ? null : [("versionId", versionId)],
            factor is null ? [] : [(Header, factor)]);

    private static void AssertDenied(RawAnswer answer, string? message = null)
    {
        answer.AssertRefused(403, "AccessDenied");
        if (message is not null)
        {
            Assert.Equal(message, answer.Element("Message"));
        }
    }
}

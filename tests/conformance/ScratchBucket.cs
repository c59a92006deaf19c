using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>A bucket of a test's own, and the calls that most tests of objects make on it.</summary>
internal sealed class ScratchBucket
{
    private readonly ServerFixture _server;

    private ScratchBucket(ServerFixture server, string name)
    {
        _server = server;
        Name = name;
    }

    public IAmazonS3 S3 => _server.S3;

    public string Name { get; }

    /// <summary>The address of the bucket, path style.</summary>
    public Uri Address => new(_server.Endpoint, "/" + Name);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ScratchBucket> CreateAsync(ServerFixture server, VersionStatus? versioning = null)
    {
        var bucket = new ScratchBucket(server, await server.NewBucketAsync());
        if (versioning is not null)
        {
            await bucket.SetVersioningAsync(versioning);
        }

        return bucket;
    }

    public Task SetVersioningAsync(VersionStatus status) => S3.PutBucketVersioningAsync(
        new() { BucketName = Name, VersioningConfig = new() { Status = status } }, Cancellation);

    public Task<PutObjectResponse> PutAsync(
        string key, string content = "content", Action<PutObjectRequest>? with = null)
    {
        var request = new PutObjectRequest { BucketName = Name, Key = key, ContentBody = content };
        with?.Invoke(request);
        return S3.PutObjectAsync(request, Cancellation);
    }

    public Task<PutObjectResponse> PutAsync(string key, byte[] content, Action<PutObjectRequest>? with = null)
    {
        var request = new PutObjectRequest { BucketName = Name, Key = key, InputStream = new MemoryStream(content) };
        with?.Invoke(request);
        return S3.PutObjectAsync(request, Cancellation);
    }

    /// <summary>Reads an object whole.</summary>
    public async Task<(GetObjectResponse Response, string Content)> GetAsync(
        string key, Action<GetObjectRequest>? with = null)
    {
        var request = new GetObjectRequest { BucketName = Name, Key = key };
        with?.Invoke(request);
        using var response = await S3.GetObjectAsync(request, Cancellation);
        using var reader = new StreamReader(response.ResponseStream, Encoding.UTF8);
        return (response, await reader.ReadToEndAsync(Cancellation));
    }

    public Task<GetObjectMetadataResponse> HeadAsync(string key, Action<GetObjectMetadataRequest>? with = null)
    {
        var request = new GetObjectMetadataRequest { BucketName = Name, Key = key };
        with?.Invoke(request);
        return S3.GetObjectMetadataAsync(request, Cancellation);
    }

    public Task<DeleteObjectResponse> DeleteAsync(string key, string? versionId = null) =>
        S3.DeleteObjectAsync(new() { BucketName = Name, Key = key, VersionId = versionId }, Cancellation);

    /// <summary>Uploads parts of these sizes in bytes, all zeros, and completes them.</summary>
    /// <remarks>With CRC32 or SHA256: for other checksums the SDK wants native code.</remarks>
    public async Task<CompleteMultipartUploadResponse> PutPartsAsync(
        string key, Action<InitiateMultipartUploadRequest>? with, params int[] sizes)
    {
        var begin = new InitiateMultipartUploadRequest { BucketName = Name, Key = key };
        with?.Invoke(begin);
        var upload = await S3.InitiateMultipartUploadAsync(begin, Cancellation);
        var complete = new CompleteMultipartUploadRequest
        {
            BucketName = Name,
            Key = key,
            UploadId = upload.UploadId,
            ChecksumType = begin.ChecksumType,
        };
        for (var number = 1; number <= sizes.Length; number++)
        {
            var part = await S3.UploadPartAsync(
                new()
                {
                    BucketName = Name,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartNumber = number,
                    InputStream = new MemoryStream(new byte[sizes[number - 1]]),
                    ChecksumAlgorithm = begin.ChecksumAlgorithm,
                },
                Cancellation);
            complete.AddPartETags(new PartETag(number, part.ETag)
            {
                ChecksumCRC32 = begin.ChecksumAlgorithm is null ? null : part.ChecksumCRC32,
                ChecksumSHA256 = begin.ChecksumAlgorithm is null ? null : part.ChecksumSHA256,
            });
        }

        return await S3.CompleteMultipartUploadAsync(complete, Cancellation);
    }

    /// <summary>Sends a signed request that no SDK would make.</summary>
    /// <param name="method">E.g. <c>PUT</c>.</param>
    /// <param name="key">As it is; empty for the bucket itself.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="query">Parameters as they are.</param>
    /// <param name="headers">Further headers.</param>
    public Task<RawAnswer> SendAsync(
        string method,
        string key,
        byte[]? body = null,
        IEnumerable<(string Name, string Value)>? query = null,
        params (string Name, string Value)[] headers)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var parameters = string.Join(
            '&',
            (query ?? []).Select(one => $"{Uri.EscapeDataString(one.Name)}={Uri.EscapeDataString(one.Value)}"));
        return _server.SendAsync(
            method, $"/{Name}/{path}{(parameters.Length == 0 ? "" : "?" + parameters)}", body, headers);
    }

    /// <summary>Gives the bucket a policy of these statements.</summary>
    public Task PutPolicyAsync(params string[] statements) => S3.PutBucketPolicyAsync(
        new PutBucketPolicyRequest
        {
            BucketName = Name,
            Policy = $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""",
        },
        Cancellation);

    /// <summary>Sends a request that nobody signed.</summary>
    public Task<RawAnswer> SendUnsignedAsync(
        string method, string key, byte[]? body = null, params (string Name, string Value)[] headers) =>
        _server.Raw.SendUnsignedAsync(method, key.Length == 0 ? $"/{Name}" : $"/{Name}/{key}", body, headers);

    /// <summary>Asserts that a call of the SDK is refused, and gives the refusal.</summary>
    public static async Task<AmazonS3Exception> AssertRefusedAsync(
        HttpStatusCode status, string code, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAnyAsync<AmazonS3Exception>(call);
        Assert.Equal((status, code), (refusal.StatusCode, refusal.ErrorCode));
        return refusal;
    }
}

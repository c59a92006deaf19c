using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Hosting;

/// <summary>Tells the root of the first account, and nobody else, what the lifecycle rules of a bucket would do.</summary>
/// <param name="authenticator">Checks who asks; the request is signed as one to S3.</param>
/// <param name="buckets">The buckets.</param>
/// <param name="preview">What would be done.</param>
internal sealed class LifecyclePreviews(Authenticator authenticator, BucketStore buckets, LifecyclePreview preview)
{
    /// <summary>What the paths begin with; the bucket's name follows.</summary>
    public const string Prefix = "/-/lifecycle/";

    /// <summary>Answers a request.</summary>
    /// <returns>JSON, a line for each action; or a status and a line of text.</returns>
    public async ValueTask<(int StatusCode, string Refusal, IAsyncEnumerable<ReadOnlyMemory<byte>>? Lines)> OpenAsync(
        string method, string target, IHeaderDictionary headers, CancellationToken cancellation)
    {
        try
        {
            var name = Uri.UnescapeDataString(
                RootRequest.Demand(authenticator, method, target, headers).Path[Prefix.Length..]);
            var bucket = await buckets.FindAsync(name, cancellation);
            return bucket is null
                ? (StatusCodes.Status404NotFound, $"There is no bucket '{name}'.\n", null)
                : LifecycleConfiguration.Find(bucket) is null
                ? (StatusCodes.Status404NotFound, $"The bucket '{name}' has no lifecycle rules.\n", null)
                : (StatusCodes.Status200OK, "", ListAsync(bucket, cancellation));
        }
        catch (S3Exception refused)
        {
            return (refused.Error.StatusCode, RootRequest.Describe(refused.Error) + "\n", null);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ListAsync(
        BucketRecord bucket, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var action in preview.ListAsync(bucket, cancellation))
        {
            yield return (byte[])
            [
                .. JsonSerializer.SerializeToUtf8Bytes(action, LifecycleJson.Default.PreviewedAction), (byte)'\n',
            ];
        }
    }
}

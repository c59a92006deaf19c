using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>What the cases of multipart uploads have in common.</summary>
internal static class MultipartCases
{
    /// <summary>The least that every part but the last must hold.</summary>
    public const int MinPartBytes = 5 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Begins an upload by a raw request, so that no SDK adds a checksum algorithm.</summary>
    public static async Task<string> BeginUploadAsync(
        this ServerFixture server, string bucket, string key, params (string Name, string Value)[] headers)
    {
        var answer = await server.SendAsync("POST", $"/{bucket}/{key}?uploads", headers: headers);
        return answer.AssertOk().Element("UploadId")!;
    }

    /// <summary>Uploads a part by a raw request.</summary>
    /// <returns>Its ETag, without quotes.</returns>
    public static async Task<string> SendPartAsync(
        this ServerFixture server,
        string bucket,
        string key,
        string uploadId,
        int number,
        byte[] content,
        params (string Name, string Value)[] headers)
    {
        var answer = await server.SendAsync(
            "PUT", $"/{bucket}/{key}?partNumber={number}&uploadId={uploadId}", content, headers);
        return answer.AssertOk().Header("ETag")!.Trim('"');
    }

    /// <summary>Completes an upload by a raw request.</summary>
    public static Task<RawAnswer> CompleteAsync(
        this ServerFixture server,
        string bucket,
        string key,
        string uploadId,
        IEnumerable<(int Number, string ETag)> parts,
        params (string Name, string Value)[] headers) =>
        server.SendAsync("POST", $"/{bucket}/{key}?uploadId={uploadId}", Completion(parts), headers);

    /// <summary>The document that completes an upload.</summary>
    public static byte[] Completion(IEnumerable<(int Number, string ETag)> parts) => Encoding.UTF8.GetBytes(
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + string.Concat(parts.Select(part =>
            $"<Part><PartNumber>{part.Number}</PartNumber><ETag>\"{part.ETag}\"</ETag></Part>"))
        + "</CompleteMultipartUpload>");

    /// <summary>An object's bytes.</summary>
    public static async Task<byte[]> ReadAsync(this ServerFixture server, string bucket, string key)
    {
        using var got = await server.S3.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket, Key = key }, Cancellation);
        using var bytes = new MemoryStream();
        await got.ResponseStream.CopyToAsync(bytes, Cancellation);
        return bytes.ToArray();
    }

    /// <summary>Bytes that no other test has.</summary>
    public static byte[] Noise(int length) => RandomNumberGenerator.GetBytes(length);

    /// <summary>The ETag of an object of these parts.</summary>
    public static string ETagOf(params byte[][] parts) =>
        $"{Convert.ToHexStringLower(MD5.HashData(parts.SelectMany(MD5.HashData).ToArray()))}-{parts.Length}";
}

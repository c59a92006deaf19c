using ObjectServer.Errors;

namespace ObjectServer.Operations.Multipart;

/// <summary>The refusal where an upload was completed or aborted, or never was.</summary>
internal static class AbsentUpload
{
    public static S3Error Named(string uploadId) => S3Errors.NoSuchUpload.With("UploadId", uploadId);
}

using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>The setting of a bucket by which whoever reads it pays for that, and says so with every request.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html</remarks>
internal static class RequesterPays
{
    public const string Header = "x-amz-request-payer";

    private static ReadOnlySpan<byte> Requester => "Requester"u8;

    /// <summary>Whether requesters pay.</summary>
    public static bool Is(BucketRecord bucket) =>
        bucket.Settings.Find(BucketSetting.RequestPayment) is { Bytes.Span: var payer } && payer.SequenceEqual(Requester);

    /// <summary>The bucket's settings with the one payer or the other; the owner pays where nothing is kept.</summary>
    public static BucketSettings With(BucketSettings settings, bool requesterPays) => requesterPays
        ? settings.With(BucketSetting.RequestPayment, Requester.ToArray())
        : settings.Without(BucketSetting.RequestPayment);

    /// <summary>Whether the answer to a request says that its sender was charged.</summary>
    public static bool Charges(Caller caller, BucketRecord? bucket) =>
        bucket is not null && Is(bucket) && bucket.OwnerId != caller.CanonicalId;

    /// <summary>Refuses who does not agree to pay; nobody in particular cannot.</summary>
    public static S3Error? Judge(IHeaderDictionary headers, Caller caller, BucketRecord? bucket)
    {
        if (headers.TryGetValue(Header, out var values) && values.ToString() != "requester")
        {
            return S3Errors.InvalidArgument
                .Saying("Invalid request payer")
                .With("ArgumentName", Header)
                .With("ArgumentValue", values.ToString());
        }

        return Charges(caller, bucket) && (caller.IsAnonymous || values.Count == 0)
            ? S3Errors.AccessDenied.Because($"Requesters pay for this bucket, and this one has not agreed to by {Header}.")
            : null;
    }
}

using System.Globalization;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>Tells whether a signature is too old, or not good yet.</summary>
/// <param name="clock">The time of this server.</param>
internal sealed class SignatureClock(TimeProvider clock)
{
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>Refuses a request whose signature is from another time than now.</summary>
    /// <exception cref="S3Exception">RequestTimeTooSkewed.</exception>
    public void CheckSkew(RequestTime time)
    {
        var now = clock.GetUtcNow();
        if ((now - time.Instant).Duration() > MaxSkew)
        {
            throw new S3Exception(S3Errors.RequestTimeTooSkewed
                .With("RequestTime", time.Sent)
                .With("ServerTime", Iso(now))
                .With("MaxAllowedSkewMilliseconds", Number((long)MaxSkew.TotalMilliseconds)));
        }
    }

    /// <summary>Refuses a presigned URL of Version 4 before and after its time.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void CheckExpiry(PresignedQuery query)
    {
        var now = clock.GetUtcNow();
        var signed = query.Time.Instant;
        if (signed - now > MaxSkew)
        {
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("Request is not yet valid")
                .With("X-Amz-Date", Number(signed.ToUnixTimeMilliseconds()))
                .With("Expires", Iso(query.Expires))
                .With("ServerTime", Iso(now)));
        }

        if (now >= query.Expires)
        {
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("Request has expired")
                .With("X-Amz-Expires", Number(query.ExpiresSeconds))
                .With("Expires", Iso(query.Expires))
                .With("ServerTime", Iso(now)));
        }
    }

    /// <summary>Refuses a presigned URL of Version 2 after its time. When it was signed, it does not say.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void CheckExpiry(Version2Query query)
    {
        var now = clock.GetUtcNow();
        if (now >= query.Expires)
        {
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("Request has expired")
                .With("Expires", Iso(query.Expires))
                .With("ServerTime", Iso(now)));
        }
    }

    private static string Iso(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

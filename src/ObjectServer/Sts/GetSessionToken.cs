using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Sts;

/// <summary>GetSessionToken: temporary credentials for the user, or the root, that signs.</summary>
/// <remarks>https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html</remarks>
internal static class GetSessionToken
{
    private const int DefaultSeconds = 43_200;
    private const int MaxSeconds = 129_600;
    private const int MaxRootSeconds = 3600;

    public static async ValueTask<ResultWriter?> AnswerAsync(StsRequest request, CancellationToken cancellation)
    {
        var caller = request.Caller;
        var seconds = request.Seconds(MaxSeconds) ?? DefaultSeconds;
        if (caller.IsTemporary)
        {
            throw StsRequest.Denied("Cannot call GetSessionToken with session credentials");
        }

        // Whoever signs may call it: it gives no more than they have. A session of the root is an hour at most.
        var hasFactor = await request.TakeFactorAsync(cancellation);
        var isRoot = caller.Kind == CallerKind.Root;
        var session = new Session
        {
            Kind = isRoot ? SessionKind.Root : SessionKind.User,
            AccountId = caller.AccountId,
            PrincipalId = isRoot ? "" : caller.UserId,
            AccessKeyId = UniqueIds.TemporaryKey(),
            Secret = UniqueIds.Secret(),
            Issued = request.Now,
            Expires = request.Now.AddSeconds(isRoot ? Math.Min(seconds, MaxRootSeconds) : seconds),
            MultiFactorTime = hasFactor ? request.Now : null,
        };
        var token = request.Give(session, packed: []);
        return xml => xml.Credentials(session, token);
    }
}

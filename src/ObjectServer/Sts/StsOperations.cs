using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Sts;

/// <summary>STS's API: every operation that AWS has, served or not.</summary>
/// <remarks>https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html</remarks>
internal static class StsOperations
{
    private static readonly string[] Unserved =
    [
        "AssumeRoleWithSAML", "AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetDelegatedAccessToken",
        "GetFederationToken", "GetWebIdentityToken",
    ];

    private delegate ValueTask<ResultWriter?> Served(StsRequest request, CancellationToken cancellation);

    /// <summary>The API.</summary>
    /// <param name="directory">Where identities are.</param>
    /// <param name="sessions">Gives out tokens.</param>
    /// <param name="issuers">The keys of web identities' issuers.</param>
    public static QueryApi Over(IdentityDirectory directory, Sessions sessions, IssuerKeys issuers)
    {
        var webIdentity = new AssumeRoleWithWebIdentity(issuers);
        return new(
            "sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/",
            [
                Operation("AssumeRole", AssumeRole.AnswerAsync),
                Operation("AssumeRoleWithWebIdentity", AnswerWebIdentityAsync) with { IsForAnybody = true },
                Operation("GetCallerIdentity", GetCallerIdentity.AnswerAsync),
                Operation("GetSessionToken", GetSessionToken.AnswerAsync),
            ],
            Unserved);

        QueryOperation Operation(string name, Served serve) => new(
            name, (query, cancellation) => serve(new(query, directory, sessions), cancellation));

        // Who signed the request, if anybody did, has nothing to do with it.
        ValueTask<ResultWriter?> AnswerWebIdentityAsync(StsRequest request, CancellationToken cancellation) =>
            webIdentity.AnswerAsync(
                new(request.Query with { Caller = Caller.Anonymous }, directory, sessions), cancellation);
    }
}

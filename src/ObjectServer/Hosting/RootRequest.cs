using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Hosting;

/// <summary>Requests for what only the root of the first account is told, signed as requests to S3 are.</summary>
internal static class RootRequest
{
    private static readonly S3Error Refusal = S3Errors.AccessDenied.Saying(
        "Only the root of the first account is told; sign the request with its key, as one to S3.");

    /// <summary>Refuses whoever is not the root of the first account.</summary>
    /// <param name="authenticator">Checks who asks.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">Its target as sent.</param>
    /// <param name="headers">Its headers.</param>
    /// <returns>The target.</returns>
    /// <exception cref="S3Exception">AccessDenied, or what is wrong with the signature.</exception>
    public static RawTarget Demand(
        Authenticator authenticator, string method, string target, IHeaderDictionary headers)
    {
        var raw = RawTarget.Parse(target);
        var caller = authenticator.Authenticate(
            method, new(Bucket: null, Key: null, IsVirtualHosted: false, raw.Path, raw.Query), headers).Caller;
        return caller is { Kind: CallerKind.Root, AccountId: Account.FirstId } ? raw : throw new S3Exception(Refusal);
    }

    /// <summary>A refusal as a line of text.</summary>
    public static string Describe(S3Error error) =>
        ReferenceEquals(error, Refusal) ? error.Message : $"{error.Code}: {error.Message}";
}

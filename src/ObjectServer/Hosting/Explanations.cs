using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Denials;
using ObjectServer.Errors;

namespace ObjectServer.Hosting;

/// <summary>Tells the root of the first account, and nobody else, why requests were refused.</summary>
/// <param name="authenticator">Checks who asks; the request is signed as one to S3.</param>
/// <param name="denials">What is known.</param>
internal sealed class Explanations(Authenticator authenticator, DenialLog denials)
{
    /// <summary>What the paths begin with; the request's id follows.</summary>
    public const string Prefix = "/-/explain/";

    /// <summary>Answers a request.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="target">Its target as sent.</param>
    /// <param name="headers">Its headers.</param>
    /// <returns>Status, and JSON where it is 200, else a line of text.</returns>
    public (int StatusCode, byte[] Body) Answer(string method, string target, IHeaderDictionary headers)
    {
        try
        {
            var raw = RootRequest.Demand(authenticator, method, target, headers);
            var requestId = Uri.UnescapeDataString(raw.Path[Prefix.Length..]);
            var found = denials.Find(requestId);
            return found.IsEmpty
                ? Say(
                    StatusCodes.Status404NotFound,
                    "Nothing is known of that request: it was not refused by a policy or an ACL, or that was too long ago, or "
                    + "before the server started.")
                : (StatusCodes.Status200OK,
                    JsonSerializer.SerializeToUtf8Bytes(found, DenialJson.Default.ImmutableArrayDenial));
        }
        catch (S3Exception refused)
        {
            return Say(refused.Error.StatusCode, RootRequest.Describe(refused.Error));
        }
    }

    private static (int StatusCode, byte[] Body) Say(int statusCode, string text) =>
        (statusCode, System.Text.Encoding.UTF8.GetBytes(text + "\n"));
}

using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Temporary credentials: finds who a session token belongs to.</summary>
internal interface ISessionTokens
{
    /// <summary>Reads a token.</summary>
    /// <param name="accessKeyId">The id of the temporary key, as sent.</param>
    /// <param name="token">The session token, as sent; not empty.</param>
    /// <returns>
    /// Who signs with the temporary key, or why no one does: InvalidToken, ExpiredToken. Neither: the token is good,
    /// and
    /// not of this key.
    /// </returns>
    (Signer? Signer, S3Error? Refusal) Find(string accessKeyId, string token);
}

/// <summary>No token was ever given out.</summary>
internal sealed class NoSessions : ISessionTokens
{
    public (Signer? Signer, S3Error? Refusal) Find(string accessKeyId, string token) =>
        (null, S3Errors.InvalidToken.With("Token-0", token));
}

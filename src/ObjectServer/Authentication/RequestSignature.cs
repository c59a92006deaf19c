namespace ObjectServer.Authentication;

/// <summary>A verified signature and what made it: all that the signatures of the body's chunks go on from.</summary>
/// <param name="Key">The signing key.</param>
/// <param name="Scope">Day, region and service for which the key is good.</param>
/// <param name="Timestamp">The request's time in the string to sign, e.g. <c>20130524T000000Z</c>.</param>
/// <param name="Hex">The signature: 64 lower-case hexadecimal digits. The first chunk's covers it as seed.</param>
internal sealed record RequestSignature(SigningKey Key, CredentialScope Scope, string Timestamp, string Hex);

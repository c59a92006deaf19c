using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>What is known about a request after its signature was checked.</summary>
/// <param name="Caller">Who signed, or <see cref="Caller.Anonymous"/>.</param>
/// <param name="AuthType">Where the signature was.</param>
/// <param name="PayloadMode">How the body comes and what vouches for it.</param>
/// <param name="Signature">The signature that was verified; null for anonymous requests and for Version 2.</param>
internal sealed record Authenticated(
    Caller Caller, AuthType AuthType, PayloadMode PayloadMode, RequestSignature? Signature);

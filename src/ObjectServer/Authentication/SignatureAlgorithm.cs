using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The algorithms by the names that Signature Version 4 gives them; Version 2 has none.</summary>
internal static class SignatureAlgorithm
{
    /// <summary>Signature Version 4.</summary>
    public const string Name = "AWS4-HMAC-SHA256";

    /// <summary>Signature Version 4A.</summary>
    public const string Asymmetric = "AWS4-ECDSA-P256-SHA256";

    public static S3Error AsymmetricNotImplemented { get; } =
        S3Errors.NotImplemented.Saying($"Signature Version 4A ({Asymmetric}) is not implemented. Please use {Name}.");
}

using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The one algorithm that this server verifies, and the refusals of those that it knows by name.</summary>
internal static class SignatureAlgorithm
{
    /// <summary>Signature Version 4.</summary>
    public const string Name = "AWS4-HMAC-SHA256";

    /// <summary>Signature Version 4A.</summary>
    public const string Asymmetric = "AWS4-ECDSA-P256-SHA256";

    public static S3Error AsymmetricNotImplemented { get; } =
        S3Errors.NotImplemented.Saying($"Signature Version 4A ({Asymmetric}) is not implemented. Please use {Name}.");

    /// <summary>What AWS answers in every region that opened after 2013.</summary>
    public static S3Error Version2NotSupported { get; } = S3Errors.InvalidRequest
        .Saying($"The authorization mechanism you have provided is not supported. Please use {Name}.");
}

namespace ObjectServer.Authentication;

/// <summary>What a signing key is good for: one day, one region, one service.</summary>
/// <param name="Date">The day in UTC, <c>yyyyMMdd</c>.</param>
/// <param name="Region">E.g. <c>us-east-1</c>.</param>
/// <param name="Service">E.g. <c>s3</c>.</param>
internal readonly record struct CredentialScope(string Date, string Region, string Service)
{
    /// <summary>The last part of every scope.</summary>
    public const string Terminal = "aws4_request";

    /// <summary>The scope as it stands in the string to sign, e.g. <c>20130524/us-east-1/s3/aws4_request</c>.</summary>
    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminal}";
}

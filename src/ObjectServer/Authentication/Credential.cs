using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>Which key signed and for what: <c>AKID/20130524/us-east-1/s3/aws4_request</c>.</summary>
/// <param name="AccessKeyId">The key's id. It may hold slashes; nothing else may.</param>
/// <param name="Scope">Day, region and service.</param>
internal sealed record Credential(string AccessKeyId, CredentialScope Scope)
{
    /// <summary>Reads a credential and checks that its scope is one that this server serves.</summary>
    /// <param name="text">The credential as sent.</param>
    /// <param name="served">The scopes that are served.</param>
    /// <param name="malformed">Makes the refusal of a reason; its text depends on where the credential stood.</param>
    /// <exception cref="S3Exception">What <paramref name="malformed"/> made.</exception>
    public static Credential Parse(string text, ServedScopes served, Func<string, S3Error> malformed)
    {
        var parts = text.Split('/');
        if (parts.Length < 5)
        {
            throw Refused(
                "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        }

        var accessKeyId = string.Join('/', parts[..^4]);
        var scope = new CredentialScope(parts[^4], parts[^3], parts[^2]);
        if (accessKeyId.Length == 0)
        {
            throw Refused("a non-empty Access Key (AKID) must be provided in the credential.");
        }

        if (scope.Date.Length != 8 || !scope.Date.All(char.IsAsciiDigit))
        {
            throw Refused(
                $"incorrect date format \"{scope.Date}\". "
                + "This date in the credential must be in the format \"yyyyMMdd\".");
        }

        if (!served.Regions.Contains(scope.Region))
        {
            var region = served.Regions[0];
            throw new S3Exception(
                malformed($"the region '{scope.Region}' is wrong; expecting '{region}'").With("Region", region));
        }

        if (!served.Services.Contains(scope.Service))
        {
            throw Refused(
                $"incorrect service \"{scope.Service}\". This endpoint belongs to \"{served.Services[0]}\".");
        }

        if (parts[^1] != CredentialScope.Terminal)
        {
            throw Refused($"incorrect terminal \"{parts[^1]}\". This endpoint uses \"{CredentialScope.Terminal}\".");
        }

        return new(accessKeyId, scope);

        S3Exception Refused(string reason) => new(malformed(reason));
    }

    /// <summary>Why a request of that day cannot bear this credential; null where it can.</summary>
    public string? MismatchWith(RequestTime time) =>
        time.Date.SequenceEqual(Scope.Date)
            ? null
            : $"Invalid credential date \"{Scope.Date}\". This date is not the same as X-Amz-Date: \"{time.Date}\".";
}

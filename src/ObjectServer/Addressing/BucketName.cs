using System.Net;

namespace ObjectServer.Addressing;

/// <summary>AWS's rules for names of general purpose buckets.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html</remarks>
internal static class BucketName
{
    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];

    private static readonly string[] ReservedSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    /// <summary>Whether a new bucket may have this name.</summary>
    public static bool IsValid(string name) =>
        name.Length is >= 3 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
        && name.Split('.').All(IsLabel)
        && !LooksLikeIPv4(name)
        && !ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        && !ReservedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>
    /// Whether a request may ask for a bucket of this name. The rules were looser once, so a name that no new bucket
    /// could have is not wrong: there is merely no such bucket.
    /// </summary>
    public static bool IsAddressable(ReadOnlySpan<char> name)
    {
        if (name.Length is < 3 or > 255)
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What stands between dots begins and ends with a letter or a digit, as in a host name.</summary>
    private static bool IsLabel(string label) =>
        label.Length > 0 && char.IsAsciiLetterOrDigit(label[0]) && char.IsAsciiLetterOrDigit(label[^1]);

    /// <summary>Four numbers with dots between. IPAddress alone would also take <c>123</c> for an address.</summary>
    private static bool LooksLikeIPv4(string name) =>
        name.Count(c => c == '.') == 3 && name.All(c => char.IsAsciiDigit(c) || c == '.')
        && IPAddress.TryParse(name, out _);
}

using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Multipart;

/// <summary>The numbers that clients give to parts: they say where a part goes, not how many there are.</summary>
internal static class PartNumbers
{
    public const int Max = 10_000;

    /// <summary>Reads <c>partNumber</c>.</summary>
    /// <exception cref="S3Exception">InvalidArgument: not a number from 1 to 10,000.</exception>
    public static int Parse(RawQuery query)
    {
        var text = query.Find("partNumber") ?? "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= Max
                ? number
                : throw new S3Exception(S3Errors.InvalidArgument
                    .Saying($"Part number must be an integer between 1 and {Max}, inclusive")
                    .With("ArgumentName", "partNumber")
                    .With("ArgumentValue", text));
    }
}

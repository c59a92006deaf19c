using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Listing;

/// <summary>Reads the query parameters of listings that are whole numbers from 0 on.</summary>
internal static class IntegerParameter
{
    /// <summary>No page holds more objects, uploads or parts; S3 takes a wish for more as a wish for this.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Reads how much a page may hold: at most, or without a word, <see cref="MaxPageSize"/>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="name">The parameter, e.g. <c>max-keys</c>.</param>
    /// <param name="argument">What S3 calls a negative one in its refusal, e.g. <c>maxKeys</c>.</param>
    /// <exception cref="S3Exception">InvalidArgument: negative, not a number, or beyond 32 bits.</exception>
    public static int ParsePageSize(RawQuery query, string name, string argument) =>
        Math.Min(Parse(query, name, argument) ?? MaxPageSize, MaxPageSize);

    /// <summary>Reads one parameter; null where it is not there, or empty.</summary>
    /// <exception cref="S3Exception">InvalidArgument: negative, not a number, or beyond 32 bits.</exception>
    public static int? Parse(RawQuery query, string name, string argument)
    {
        var text = query.Find(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw Refusal($"Provided {name} not an integer or within integer range", name, text);
        }

        return value >= 0
            ? value
            : throw Refusal($"Argument {argument} must be an integer between 0 and 2147483647", argument, text);
    }

    private static S3Exception Refusal(string message, string argument, string value) =>
        new(S3Errors.InvalidArgument.Saying(message).With("ArgumentName", argument).With("ArgumentValue", value));
}

using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Listing;

/// <summary>The header that asks a listing for more than it shows by itself.</summary>
internal static class OptionalAttributes
{
    private const string Header = "x-amz-optional-object-attributes";

    /// <summary>Whether <c>RestoreStatus</c> is asked for, the only one there is.</summary>
    /// <returns>The time at which it shall be judged; null: it is not asked for.</returns>
    /// <exception cref="S3Exception">InvalidArgument: S3 knows no such attribute.</exception>
    public static DateTimeOffset? RestoreStatusAt(S3Request request)
    {
        DateTimeOffset? at = null;
        if (request.Header(Header) is not { } wanted)
        {
            return null;
        }

        const StringSplitOptions Tidily = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (var attribute in wanted.Split(',', Tidily))
        {
            if (attribute != "RestoreStatus")
            {
                throw new S3Exception(S3Errors.InvalidArgument
                    .Saying("Invalid attribute name specified")
                    .With("ArgumentName", Header)
                    .With("ArgumentValue", attribute));
            }

            at = request.Now;
        }

        return at;
    }
}

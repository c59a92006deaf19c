using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Listing;

/// <summary>The header that asks a listing for more than it shows by itself.</summary>
internal static class OptionalAttributes
{
    private const string Header = "x-amz-optional-object-attributes";

    /// <summary>
    /// Checks that nothing else than <c>RestoreStatus</c> is asked for. S3 shows that of objects that are or were in
    /// an archive; no object of this server ever is, so it is never there to be shown.
    /// </summary>
    /// <exception cref="S3Exception">InvalidArgument: S3 knows no such attribute.</exception>
    public static void Check(S3Request request)
    {
        if (request.Header(Header) is not { } wanted)
        {
            return;
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
        }
    }
}

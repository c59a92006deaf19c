using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Archives;

/// <summary>The document that asks for a restore.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html#API_RestoreObject_RequestSyntax</remarks>
internal static class RestoreDocument
{
    public const int MaxBytes = 16 * 1024;

    private const int MaxDescription = 1024;

    /// <summary>What only a restore by a query has.</summary>
    private static readonly string[] OfQueries = ["Type", "SelectParameters", "OutputLocation"];

    /// <exception cref="S3Exception">
    /// MalformedXML; InvalidArgument: less than a day; NotImplemented: a restore that runs a query.
    /// </exception>
    public static RestoreRequest Read(ReadOnlyMemory<byte> document)
    {
        var root = S3XmlReader.Parse(document, "RestoreRequest");
        if (root.Children.FirstOrDefault(child => OfQueries.Contains(child.Name)) is { } query)
        {
            throw new S3Exception(S3Errors.NotImplemented.Saying(
                $"A restore with {query.Name}, which runs a query and writes what it finds, is not implemented."));
        }

        Expect(root, "Days", "GlacierJobParameters", "Tier", "Description");
        if (root.Child("Description") is { Text.Length: > MaxDescription })
        {
            throw Malformed();
        }

        var parameters = root.Child("GlacierJobParameters");
        if (parameters is not null)
        {
            Expect(parameters, "Tier");
        }

        var (inner, outer) = (ReadTier(parameters?.Child("Tier")), ReadTier(root.Child("Tier")));
        if ((parameters is not null && inner is null) || (inner is not null && outer is not null && inner != outer))
        {
            throw Malformed();
        }

        return new(ReadDays(root.Child("Days")), inner ?? outer ?? RetrievalTier.Standard);
    }

    /// <summary>A tier by S3's name; null where it is none.</summary>
    public static RetrievalTier? ParseTier(string text) => text switch
    {
        nameof(RetrievalTier.Expedited) => RetrievalTier.Expedited,
        nameof(RetrievalTier.Standard) => RetrievalTier.Standard,
        nameof(RetrievalTier.Bulk) => RetrievalTier.Bulk,
        _ => null,
    };

    private static RetrievalTier? ReadTier(S3XmlElement? element) =>
        element is null ? null : ParseTier(element.Text) ?? throw Malformed();

    private static int? ReadDays(S3XmlElement? element)
    {
        if (element is null)
        {
            return null;
        }

        if (!int.TryParse(element.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days))
        {
            throw Malformed();
        }

        return days >= 1
            ? days
            : throw new S3Exception(S3Errors.InvalidArgument
                .Saying("Restoration days should be at least 1")
                .With("ArgumentName", "Days")
                .With("ArgumentValue", element.Text));
    }

    private static void Expect(S3XmlElement element, params ReadOnlySpan<string> names)
    {
        foreach (var child in element.Children)
        {
            if (!names.Contains(child.Name) || !ReferenceEquals(element.Child(child.Name), child))
            {
                throw Malformed();
            }
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);
}

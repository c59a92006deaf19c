using ObjectServer.Errors;

namespace ObjectServer.Xml;

/// <summary>The document that tells a client of a refusal.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses</remarks>
internal static class ErrorDocument
{
    /// <summary>Writes it from its root on. This root alone is in no namespace.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="requestId">As in <c>x-amz-request-id</c>.</param>
    /// <param name="hostId">As in <c>x-amz-id-2</c>; null where that is not known.</param>
    public static void Write(S3XmlWriter xml, S3Error error, string requestId, string? hostId)
    {
        Open(xml, error);
        xml.Element("RequestId", requestId).Element("HostId", hostId).End("Error");
    }

    /// <summary>Writes it as S3 Control does: the refusal within a root that names the request.</summary>
    /// <param name="xml">Where to write.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="requestId">As in <c>x-amz-request-id</c>.</param>
    /// <param name="hostId">As in <c>x-amz-id-2</c>.</param>
    public static void WriteControl(S3XmlWriter xml, S3Error error, string requestId, string? hostId)
    {
        Open(xml.Start("ErrorResponse"), error);
        xml.End("Error").Element("RequestId", requestId).Element("HostId", hostId).End("ErrorResponse");
    }

    private static void Open(S3XmlWriter xml, S3Error error)
    {
        xml.Start("Error").Element("Code", error.Code).Element("Message", error.Message);
        foreach (var (element, value) in error.Details)
        {
            xml.Element(element, value);
        }
    }
}

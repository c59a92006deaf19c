using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;

namespace ObjectServer.Pipeline;

/// <summary>The answers of websites: a refusal is a page for people, and headers for everybody else.</summary>
/// <param name="ofDocument">Why the website's own page for errors cannot be shown; null where it has none.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/CustomErrorDocSupport.html</remarks>
internal sealed class WebsiteAnswerForm(S3Error? ofDocument = null) : IAnswerForm
{
    public static WebsiteAnswerForm Instance { get; } = new();

    public string RequestIdHeader => S3AnswerForm.Instance.RequestIdHeader;

    public string DocumentType => "text/html; charset=utf-8";

    public S3Error Complete(S3Error error, S3Target? target)
    {
        var complete = S3AnswerForm.Instance.Complete(error, target);
        var named = complete
            .WithHeader("x-amz-error-code", complete.Code)
            .WithHeader("x-amz-error-message", EncodedWords.Encode(complete.Message));
        return KeyOf(complete) is { } key
            ? named.WithHeader("x-amz-error-detail-Key", PercentEncoding.EncodePath(Encoding.UTF8.GetBytes(key)))
            : named;
    }

    public void Write(IBufferWriter<byte> output, S3Error error, S3Target? target, string requestId, string hostId)
    {
        var title = $"{error.StatusCode} {ReasonPhrases.GetReasonPhrase(error.StatusCode)}";
        var page = new StringBuilder()
            .Append("<html>\n<head><title>").Append(title).Append("</title></head>\n<body>\n<h1>").Append(title)
            .Append("</h1>\n<ul>\n");
        Append(page, error);
        Append(page, "RequestId", requestId);
        Append(page, "HostId", hostId);
        page.Append("</ul>\n");
        if (ofDocument is not null)
        {
            page.Append("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n");
            Append(page, ofDocument);
            page.Append("</ul>\n");
        }

        page.Append("<hr/>\n</body>\n</html>\n");
        output.Write(Encoding.UTF8.GetBytes(page.ToString()));
    }

    private static string? KeyOf(S3Error error)
    {
        foreach (var (element, value) in error.Details)
        {
            if (element == "Key")
            {
                return value;
            }
        }

        return null;
    }

    private static void Append(StringBuilder page, S3Error error)
    {
        Append(page, "Code", error.Code);
        Append(page, "Message", error.Message);
        foreach (var (element, value) in error.Details)
        {
            Append(page, element, value);
        }
    }

    private static void Append(StringBuilder page, string name, string value) => page
        .Append("<li>").Append(name).Append(": ").Append(WebUtility.HtmlEncode(value)).Append("</li>\n");
}

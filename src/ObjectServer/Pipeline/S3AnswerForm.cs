using System.Buffers;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Xml;

namespace ObjectServer.Pipeline;

/// <summary>The answers of S3 and of S3 Control.</summary>
internal sealed class S3AnswerForm : IAnswerForm
{
    private S3AnswerForm()
    {
    }

    public static S3AnswerForm Instance { get; } = new();

    public string RequestIdHeader => "x-amz-request-id";

    public string DocumentType => "application/xml";

    public S3Error Complete(S3Error error, S3Target? target) => ErrorDetails.Complete(error, target);

    public void Write(IBufferWriter<byte> output, S3Error error, S3Target? target, string requestId, string hostId)
    {
        var xml = new S3XmlWriter(output).Declaration();
        if (target?.ControlPath is null)
        {
            ErrorDocument.Write(xml, error, requestId, hostId);
        }
        else
        {
            ErrorDocument.WriteControl(xml, error, requestId, hostId);
        }
    }
}

using System.Buffers;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Xml;

namespace ObjectServer.Query;

/// <summary>The answers of an API in the query protocol.</summary>
/// <param name="xmlNamespace">That of the API which was asked.</param>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-query-protocol.html</remarks>
internal sealed class QueryAnswerForm(string xmlNamespace) : IAnswerForm
{
    public string RequestIdHeader => "x-amzn-RequestId";

    public string DocumentType => "text/xml";

    public S3Error Complete(S3Error error, S3Target? target) => QueryErrors.Translate(error);

    public void Write(IBufferWriter<byte> output, S3Error error, S3Target? target, string requestId, string hostId) =>
        new S3XmlWriter(output)
            .Declaration()
            .Root("ErrorResponse", xmlNamespace)
            .Start("Error")
            .Element("Type", error.StatusCode < 500 ? "Sender" : "Receiver")
            .Element("Code", error.Code)
            .Element("Message", error.Message)
            .End("Error")
            .Element("RequestId", requestId)
            .End("ErrorResponse");

    /// <summary>The answer to an operation that was done.</summary>
    /// <param name="operation">AWS's name of it.</param>
    /// <param name="result">Writes its result; null where it has none.</param>
    /// <param name="requestId">As in the header.</param>
    public S3Response Answer(string operation, ResultWriter? result, string requestId) => S3Response.Xml(xml =>
    {
        xml.Root(operation + "Response", xmlNamespace);
        if (result is not null)
        {
            xml.Start(operation + "Result");
            result(xml);
            xml.End(operation + "Result");
        }

        xml.Start("ResponseMetadata")
            .Element("RequestId", requestId)
            .End("ResponseMetadata")
            .End(operation + "Response");
    }).With("Content-Type", DocumentType);
}

using System.Buffers;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Messages;

/// <summary>What the answers of one API have that those of another have not.</summary>
internal interface IAnswerForm
{
    /// <summary>The header with the id of the request.</summary>
    string RequestIdHeader { get; }

    /// <summary>The Content-Type of the document of a refusal.</summary>
    string DocumentType { get; }

    /// <summary>A refusal as this API says it, with what is known of the request.</summary>
    /// <param name="error">The refusal, of whatever API.</param>
    /// <param name="target">What the request is about; null where that is not known.</param>
    S3Error Complete(S3Error error, S3Target? target);

    /// <summary>Writes the document of a refusal.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="error">What <see cref="Complete"/> gave.</param>
    /// <param name="target">What the request is about; null where that is not known.</param>
    /// <param name="requestId">As in the header.</param>
    /// <param name="hostId">As in <c>x-amz-id-2</c>.</param>
    void Write(IBufferWriter<byte> output, S3Error error, S3Target? target, string requestId, string hostId);
}

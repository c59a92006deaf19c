using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>What an operation that may take long has to say in the end: a refusal, or a document.</summary>
internal sealed class LateAnswer
{
    private readonly Action<S3XmlWriter>? _write;

    private LateAnswer(S3Error? error, Action<S3XmlWriter>? write)
    {
        Error = error;
        _write = write;
    }

    /// <summary>Null where there is a document.</summary>
    public S3Error? Error { get; }

    /// <summary>Headers beside the document; an answer that began before they were known lacks them.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; private init; } = [];

    /// <summary>A document.</summary>
    /// <param name="write">Writes it from its root on.</param>
    public static LateAnswer Document(Action<S3XmlWriter> write) => new(null, write);

    public static implicit operator LateAnswer(S3Error error) => new(error, null);

    /// <summary>Adds a header; null adds nothing.</summary>
    public LateAnswer With(string name, string? value) =>
        value is null ? this : new(Error, _write) { Headers = Headers.Add(new(name, value)) };

    /// <summary>Writes the document, from its root on.</summary>
    public void Write(S3XmlWriter xml) => _write?.Invoke(xml);

    /// <summary>The answer with a status of its own, where there is still time for one.</summary>
    public S3Response ToResponse()
    {
        if (Error is not null)
        {
            return Error;
        }

        var response = S3Response.Xml(Write);
        foreach (var (name, value) in Headers)
        {
            response.With(name, value);
        }

        return response;
    }
}

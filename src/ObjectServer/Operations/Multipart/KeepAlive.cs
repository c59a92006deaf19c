using System.IO.Pipelines;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>
/// Answers work that may take longer than clients and proxies wait for a first byte. Work that ends soon is answered
/// like any other. Where it takes longer, a status of 200 goes out, then white space from time to time, and in the end
/// the document, or, under that same status, the document of an error.
/// </summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html, "Important": clients of these
/// operations look for an error within 200.
/// </remarks>
internal sealed class KeepAlive(TimeProvider time)
{
    /// <summary>How long an answer may wait for its status.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long the line stays silent afterwards; proxies give up after 30 to 60 seconds.</summary>
    public static readonly TimeSpan Pulse = TimeSpan.FromSeconds(10);

    /// <summary>Gives the answer, or the beginning of one.</summary>
    /// <param name="requestId">For the document of a late error.</param>
    /// <param name="work">Already under way; its exceptions are thrown, before or within the body.</param>
    public async ValueTask<S3Response> AnswerAsync(string requestId, Task<LateAnswer> work) =>
        await EndsWithinAsync(work, Patience)
            ? (await work).ToResponse()
            : S3Response.Streaming(new LateBody(this, requestId, work)).With("Content-Type", "application/xml");

    private async ValueTask<bool> EndsWithinAsync(Task work, TimeSpan span)
    {
        if (work.IsCompleted)
        {
            return true;
        }

        using var stop = new CancellationTokenSource();
        var ended = await Task.WhenAny(work, Task.Delay(span, time, stop.Token)) == work;
        await stop.CancelAsync();
        return ended;
    }

    /// <summary>White space until the work is done, and then what came of it.</summary>
    private sealed class LateBody(KeepAlive pace, string requestId, Task<LateAnswer> work) : ResponseBody
    {
        public override long? Length => null;

        public override async ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation)
        {
            // Nothing may stand before the declaration, so it goes first and the white space behind it.
            var xml = new S3XmlWriter(output).Declaration();
            await output.FlushAsync(cancellation);
            while (!await pace.EndsWithinAsync(work, Pulse))
            {
                xml.Text(" ");
                await output.FlushAsync(cancellation);
            }

            var (answer, error) = await EndAsync();
            if (error is null)
            {
                answer!.Write(xml);
            }
            else
            {
                ErrorDocument.Write(xml, error, requestId, hostId: null);
            }

            await output.FlushAsync(cancellation);
        }

        /// <summary>Waits for the work, which outlives a client that went away, but not the request.</summary>
        public override async ValueTask DisposeAsync()
        {
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await base.DisposeAsync();
        }

        private async ValueTask<(LateAnswer? Answer, S3Error? Error)> EndAsync()
        {
            try
            {
                var answer = await work;
                return (answer, answer.Error);
            }
            catch (S3Exception refusal)
            {
                return (null, refusal.Error);
            }
        }
    }
}

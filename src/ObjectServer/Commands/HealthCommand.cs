using System.Net.Http;
using System.Net.Security;

namespace ObjectServer.Commands;

/// <summary>Asks a running server how it is: for health checks of containers, which have no curl.</summary>
internal sealed class HealthCommand(TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(Uri server, CancellationToken cancellation)
    {
        // Within one machine, whether the certificate names localhost says nothing about health.
        using var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, _, _, problems) =>
                    problems == SslPolicyErrors.None || server.IsLoopback,
            },
        };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(server, "/-/health/ready"), cancellation);
            var text = (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
            await (answer.IsSuccessStatusCode ? output : errors).WriteLineAsync(text);
            return answer.IsSuccessStatusCode ? ObjectServerCommand.Success : ObjectServerCommand.Failure;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await errors.WriteLineAsync($"{server} does not answer: {unreachable.Message}");
            return ObjectServerCommand.Failure;
        }
    }
}

using System.Globalization;
using System.Net.Http;
using System.Text.Json;
using ObjectServer.Hosting;
using ObjectServer.Lifecycle;
using ObjectServer.Observability;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Commands;

/// <summary>
/// Shows what the lifecycle rules of a bucket would do: of a stopped store, or, where a server has it open, as that server
/// says.
/// </summary>
internal sealed class LifecycleCommand(StoppedStore stopped)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="bucket">The bucket's name.</param>
    /// <param name="server">Where the server is, if there is one.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<int> PreviewAsync(string bucket, Uri server, CancellationToken cancellation) => stopped.GuardAsync(
        async () =>
        {
            try
            {
                await using var store = await LocalStore.OpenAsync(
                    stopped.OptionsForReading, TimeProvider.System, stopped.Tell, cancellation);
                return await PreviewAsync(store, bucket, cancellation);
            }
            catch (StoreOpenException open) when (open.IsInUse)
            {
                return await AskAsync(bucket, server, cancellation);
            }
        });

    private async Task<int> PreviewAsync(LocalStore store, string name, CancellationToken cancellation)
    {
        if (await store.Buckets.FindAsync(name, cancellation) is not { } bucket)
        {
            return stopped.Fail($"There is no bucket '{name}'.");
        }

        if (LifecycleConfiguration.Find(bucket) is null)
        {
            return stopped.Fail($"The bucket '{name}' has no lifecycle rules.");
        }

        var preview = new LifecyclePreview(
            store.Objects, store.Uploads, new LifecycleCalendar(stopped.Options.LifecycleDay), TimeProvider.System);
        await foreach (var action in preview.ListAsync(bucket, cancellation))
        {
            Show(action);
        }

        return ObjectServerCommand.Success;
    }

    private async Task<int> AskAsync(string bucket, Uri server, CancellationToken cancellation)
    {
        if (RootCredentials.Find(stopped.Options) is not { } credentials)
        {
            return stopped.Fail(SignedRequest.NoKeyIn(stopped.Options));
        }

        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var request = SignedRequest.Get(
                new Uri(server, LifecyclePreviews.Prefix + Uri.EscapeDataString(bucket)),
                stopped.Options.Region,
                credentials);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                return stopped.Fail((await answer.Content.ReadAsStringAsync(cancellation)).Trim());
            }

            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                Show(JsonSerializer.Deserialize(line, LifecycleJson.Default.PreviewedAction)!);
            }

            return ObjectServerCommand.Success;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            return stopped.Fail($"{server} does not answer: {unreachable.Message}");
        }
        catch (JsonException)
        {
            return stopped.Fail($"{server} is no ObjectServer, or one of another version.");
        }
    }

    private void Show(PreviewedAction action)
    {
        var when = action.Due.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var note = action.IsProtected ? " (locked)" : action.IsDue ? " (due)" : "";
        stopped.SayLine(
            $"{when}{note}\t{action.Action}\t{LogText.OneLine(action.Rule)}\t{action.Version}\t{LogText.OneLine(action.Key)}");
    }
}

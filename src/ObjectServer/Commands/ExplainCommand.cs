using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http;
using System.Text.Json;
using ObjectServer.Denials;
using ObjectServer.Hosting;

namespace ObjectServer.Commands;

/// <summary>Asks a running server why it refused a request, and shows that to people.</summary>
internal sealed class ExplainCommand(ObjectServerOptions options, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="requestId">From the refusal: its <c>RequestId</c>, and the header <c>x-amz-request-id</c>.</param>
    /// <param name="server">Where the server is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<int> RunAsync(string requestId, Uri server, CancellationToken cancellation)
    {
        if (RootCredentials.Find(options) is not { } credentials)
        {
            await errors.WriteLineAsync(SignedRequest.NoKeyIn(options));
            return ObjectServerCommand.Failure;
        }

        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var request = SignedRequest.Get(
                new Uri(server, Explanations.Prefix + Uri.EscapeDataString(requestId)), options.Region, credentials);
            using var answer = await client.SendAsync(request, cancellation);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync(System.Text.Encoding.UTF8.GetString(body).Trim());
                return ObjectServerCommand.Failure;
            }

            foreach (var denial in JsonSerializer.Deserialize(body, DenialJson.Default.ImmutableArrayDenial))
            {
                Show(denial);
            }

            return ObjectServerCommand.Success;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await errors.WriteLineAsync($"{server} does not answer: {unreachable.Message}");
            return ObjectServerCommand.Failure;
        }
        catch (JsonException)
        {
            await errors.WriteLineAsync($"{server} is no ObjectServer, or one of another version.");
            return ObjectServerCommand.Failure;
        }
    }

    private void Show(Denial denial)
    {
        var key = denial.AccessKeyId is { } id ? $", key {id}" : "";
        Say($"request     {denial.RequestId}, {denial.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
        Say($"caller      {denial.Caller} ({denial.CallerKind ?? "by rule"}{key})");
        Say($"action      {denial.Action}");
        Say($"resource    {denial.Resource}");
        Say($"outcome     {denial.Outcome}: {denial.Reason}");
        Say($"decided by  {denial.DecidedBy ?? "no statement"}");
        Show("circumstances", denial.Circumstances);
        Show("statements", denial.Statements.Select(statement =>
            $"{statement.Effect,-5}  {statement.Policy}, {statement.Statement}: "
            + (statement.Applies ? "applies" : $"does not apply: {statement.Failed}")));
        Show("condition values", denial.Conditions.Select(condition =>
            $"{condition.Key} = {(condition.Value.IsEmpty ? "(absent)" : string.Join(", ", condition.Value))}"));
        output.WriteLine();
        output.Flush();
    }

    private void Show(string title, IEnumerable<string> lines)
    {
        var all = lines.ToImmutableArray();
        if (!all.IsEmpty)
        {
            output.WriteLine(title);
        }

        foreach (var line in all)
        {
            output.WriteLine("  " + line);
        }
    }

    private void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

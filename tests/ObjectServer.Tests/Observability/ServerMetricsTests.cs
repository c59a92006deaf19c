using System.Text;
using ObjectServer.Observability;
using ObjectServer.Storage;

namespace ObjectServer.Tests.Observability;

public sealed class ServerMetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_counted_by_operation_and_status()
    {
        using var metrics = new ServerMetrics();
        metrics.Count(NewExchange("GetObject", 200));
        metrics.Count(NewExchange("GetObject", 204));
        metrics.Count(NewExchange("GetObject", 404, "NoSuchKey"));

        var text = await WriteAsync(metrics);

        Assert.Contains("# TYPE objectserver_requests_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_requests_total{operation=\"GetObject\",status=\"2xx\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_errors_total{operation=\"GetObject\",code=\"NoSuchKey\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("objectserver_sent_bytes_total{operation=\"GetObject\",status=\"2xx\"} 20\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "objectserver_request_duration_seconds_count{operation=\"GetObject\",status=\"4xx\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_bucket_leaves_the_figures()
    {
        using var metrics = new ServerMetrics();
        var usage = new StoreStatistics(
            [new("stays", 1, 10), new("goes", 2, 20)], [new("STANDARD_IA", "/mnt/slow", 3, 30)], new(1, 1, 0, 1, 1, 0, 0, false));
        metrics.Observe(_ => ValueTask.FromResult<StoreStatistics?>(usage));
        var before = await WriteAsync(metrics);

        usage = usage with { Buckets = [new("stays", 1, 10)] };
        var after = await WriteAsync(metrics);

        Assert.Contains("objectserver_bucket_size_bytes{bucket=\"goes\"} 20\n", before, StringComparison.Ordinal);
        Assert.Contains("objectserver_bucket_objects{bucket=\"stays\"} 1\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("goes", after, StringComparison.Ordinal);
        Assert.Contains("objectserver_storage_class_blobs{storage_class=\"STANDARD_IA\"} 3\n", after, StringComparison.Ordinal);
        Assert.Contains("objectserver_storage_class_size_bytes{storage_class=\"STANDARD_IA\"} 30\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_of_one_process_count_apart()
    {
        using var one = new ServerMetrics();
        using var other = new ServerMetrics();
        one.Count(NewExchange("PutObject", 200));

        Assert.DoesNotContain("PutObject", await WriteAsync(other), StringComparison.Ordinal);
    }

    private static Exchange NewExchange(string operation, int status, string? code = null)
    {
        var exchange = Exchange.Begin(TimeProvider.System, "0123456789ABCDEF", "GET", "127.0.0.1");
        exchange.Operation = operation;
        exchange.StatusCode = status;
        exchange.ErrorCode = code;
        exchange.BytesOut = 10;
        return exchange;
    }

    private static async Task<string> WriteAsync(ServerMetrics metrics)
    {
        using var output = new MemoryStream();
        await metrics.WriteAsync(output, Cancellation);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

using System.Text;
using ObjectServer.Operations;
using ObjectServer.Routing;

namespace ObjectServer.Tests.Routing;

/// <summary><c>docs/operations.md</c> is the operation table, and every served operation has a conformance file.</summary>
public sealed class OperationsDocument(ServedOperations served) : IClassFixture<ServedOperations>
{
    [Fact]
    public void The_table_has_the_116_operations_of_the_API_the_form_upload_and_three_of_S3_Control() =>
        Assert.Equal(120, served.Table.Rows.Count);

    [Fact]
    public void The_document_says_what_the_table_says()
    {
        var file = RepositoryRoot.File("docs", "operations.md");
        var expected = Write(served.Table.Rows);
        if (Environment.GetEnvironmentVariable("OBJECTSERVER_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.Equal(expected, File.ReadAllText(file));
    }

    [Fact]
    public void Every_served_operation_has_a_conformance_file() => Assert.DoesNotContain(
        served.Table.Rows.Where(row => row.Served is not null).Select(row => row.Name),
        name => !File.Exists(RepositoryRoot.File("tests", "conformance", name + ".cs")));

    private static string Write(IReadOnlyList<OperationRow> rows)
    {
        var count = rows.Count(row => row.Served is not null);
        var text = new StringBuilder()
            .Append("# Operations\n\n")
            .Append("Written by a test from the operation table (`OBJECTSERVER_WRITE_DOCS=1` writes it anew).\n")
            .Append($"{count} of {rows.Count} operations are served. The others answer 501 `NotImplemented` by their own\n")
            .Append("name; requests of a deprecated look go to the operation that took its place.\n\n")
            .Append("| operation | request | |\n| --- | --- | --- |\n");
        foreach (var row in rows)
        {
            text.Append($"| {row.Name} | `{Request(row.Route)}` | {Answer(row)} |\n");
        }

        return text.ToString();
    }

    private static string Answer(OperationRow row) =>
        row.Served is not null ? "served"
        : row.TakenBy is { } other ? $"as {other}"
        : "501";

    private static string Request(S3Route route)
    {
        var path = route.Target switch
        {
            TargetKind.Service => "/",
            TargetKind.Bucket => "/{bucket}",
            TargetKind.Account => "/v20180820/" + route.Path,
            _ => "/{bucket}/{key}",
        };
        var query = string.Join('&', route.Query.Prepend(route.Subresource).OfType<string>());
        var header = route.Header is null ? "" : $", {route.Header}";
        var contentType = route.ContentType is null ? "" : $", Content-Type: {route.ContentType}";
        return $"{route.Method} {path}{(query.Length == 0 ? "" : "?" + query)}{header}{contentType}";
    }
}

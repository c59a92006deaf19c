using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Kestrel alone: what is left when a server does nothing. It answers every GET with the same bytes from memory, and
// reads and drops whatever is sent to it. The difference between this and ObjectServer is what ObjectServer costs.
// Usage: baseline [URL [BYTES]]
var url = args.ElementAtOrDefault(0) ?? "http://127.0.0.1:9002";
var size = int.Parse(args.ElementAtOrDefault(1) ?? "4096", CultureInfo.InvariantCulture);

var content = new byte[size];
new Random(20_240_229).NextBytes(content);

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(url);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
await using var app = builder.Build();
app.Run(AnswerAsync);
await app.StartAsync();
Console.Out.WriteLine($"listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();

async Task AnswerAsync(HttpContext context)
{
    if (HttpMethods.IsGet(context.Request.Method))
    {
        context.Response.ContentLength = content.Length;
        await context.Response.BodyWriter.WriteAsync(content, context.RequestAborted);
        return;
    }

    var body = context.Request.BodyReader;
    while (true)
    {
        var read = await body.ReadAsync(context.RequestAborted);
        body.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted)
        {
            break;
        }
    }

    context.Response.ContentLength = 0;
}

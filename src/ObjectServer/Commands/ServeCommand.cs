using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using ObjectServer.Hosting;
using ObjectServer.Observability;
using ObjectServer.Seeding;
using ObjectServer.Storage.Model;

namespace ObjectServer.Commands;

/// <summary>Serves until a signal or the caller ends it.</summary>
internal sealed class ServeCommand(
    ObjectServerOptions options, IConfiguration file, TextWriter output, TextWriter errors)
{
    /// <summary>How long requests may take to end after SIGTERM. Orchestrators kill after 30 seconds or so.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(25);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        await using var application = Build();
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (StoreOpenException refused)
        {
            await errors.WriteLineAsync(refused.Message);
            return ObjectServerCommand.Failure;
        }
        catch (SeedException wrong)
        {
            await errors.WriteLineAsync(wrong.Message);
            return ObjectServerCommand.Misuse;
        }
        catch (IOException unable)
        {
            // Kestrel says which address is taken.
            await errors.WriteLineAsync(unable.Message);
            return ObjectServerCommand.Failure;
        }

        var server = application.Services.GetRequiredService<ObjectServerHost>();
        var addresses = application.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Banner.Write(output, options, [.. addresses], server.Credentials!);
        await application.WaitForShutdownAsync(cancellation);
        return ObjectServerCommand.Success;
    }

    private WebApplication Build()
    {
        // Empty: what is not named here has no say, no variable of another program and no address but ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();

        // What arrives is handled, and answered, by the thread of the pool that a socket's event woke: no second one is
        // woken to parse it, nor a third to send.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionMemoryFactory(TimeProvider.System));
        AddLogging(builder.Logging);
        builder.Services.AddObjectServer(options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(services =>
            new ConfigureOptions<KestrelServerOptions>(kestrel => Listeners.Open(
                kestrel, options, Certificate(services.GetRequiredService<ILoggerFactory>()))));
        var application = builder.Build();
        application.MapObjectServer();
        return application;
    }

    private void AddLogging(ILoggingBuilder logging)
    {
        logging.AddConfiguration(file.GetSection("Logging"));
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // Else every request gets an activity and a scope, of which nobody reads.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A start that fails is told once, by this command.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddJsonConsole(json =>
        {
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            json.UseUtcTimestamp = true;
        });
        logging.AddSimpleConsole(text =>
        {
            text.SingleLine = true;
            text.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            text.UseUtcTimestamp = true;
        });

        // The framework's formatters, and a provider that writes more than one line at a time.
        var format = options.LogFormat == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple;
        logging.Services.RemoveAll<ILoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(services => new ConsoleLog(
            services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == format), output));
    }

    private ServerCertificate? Certificate(ILoggerFactory logs) => options.TlsCertificate is { } path
        ? new ServerCertificate(path, options.TlsKey, TimeProvider.System, logs.CreateLogger("ObjectServer"))
        : null;
}

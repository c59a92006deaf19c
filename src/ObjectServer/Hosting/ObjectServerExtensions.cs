using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ObjectServer.Hosting;

/// <summary>Hosts the server inside any ASP.NET Core application.</summary>
public static class ObjectServerExtensions
{
    /// <summary>
    /// Adds the server. The store opens when the application starts, before it listens, and closes after the last
    /// request. Kestrel's limits for the whole application become those that S3 needs.
    /// </summary>
    /// <param name="services">The application's services. A <see cref="TimeProvider"/> among them is the server's clock.</param>
    /// <param name="options">All that the server is told; null for the defaults.</param>
    /// <exception cref="OptionsValidationException">Some options are wrong; the exception lists every mistake.</exception>
    public static IServiceCollection AddObjectServer(
        this IServiceCollection services, ObjectServerOptions? options = null)
    {
        options ??= new ObjectServerOptions();
        Demand(OptionsValidator.FindMistakes(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<ObjectServerHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ObjectServerHost>());
        return services.Configure<KestrelServerOptions>(
            kestrel => KestrelLimits.Apply(kestrel, options.MaxConnections, options.MinClientRate));
    }

    /// <summary>Adds the server with options from a section of the application's configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">Keys as in <c>docs/configuration.md</c>, e.g. <c>Data</c>.</param>
    /// <exception cref="OptionsValidationException">Some options are wrong; the exception lists every mistake.</exception>
    public static IServiceCollection AddObjectServer(this IServiceCollection services, IConfiguration section)
    {
        var (options, mistakes) = SettingsReader.Read(_ => [], _ => null, section);
        Demand(mistakes);
        return services.AddObjectServer(options);
    }

    /// <summary>
    /// Answers every request that no endpoint of the application takes. Targets are read as they were sent: routing,
    /// which would normalise them, has no part in it.
    /// </summary>
    public static IApplicationBuilder MapObjectServer(this IApplicationBuilder application)
    {
        var server = application.ApplicationServices.GetRequiredService<ObjectServerHost>();
        return application.Use((http, next) => http.GetEndpoint() is null ? server.HandleAsync(http) : next(http));
    }

    private static void Demand(IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new OptionsValidationException(nameof(ObjectServerOptions), typeof(ObjectServerOptions), mistakes);
        }
    }
}

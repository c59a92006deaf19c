using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ObjectServer.Pipeline;

namespace ObjectServer.Hosting;

/// <summary>Opens the addresses that the options name.</summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, ObjectServerOptions options, ServerCertificate? certificate)
    {
        foreach (var url in options.Listen)
        {
            Open(kestrel, url, certificate, mark: null);
        }

        foreach (var url in options.WebsiteListen)
        {
            Open(kestrel, url, certificate, features => features.Set(WebsiteConnection.Instance));
        }

        if (options.AdminListen is { } admin)
        {
            Open(kestrel, admin, certificate, features => features.Set(AdminConnection.Instance));
        }
    }

    /// <param name="kestrel">What listens.</param>
    /// <param name="url">Where.</param>
    /// <param name="certificate">For https.</param>
    /// <param name="mark">Marks the connections to an address of a purpose of its own; null for one of S3's.</param>
    private static void Open(
        KestrelServerOptions kestrel, string url, ServerCertificate? certificate, Action<IFeatureCollection>? mark)
    {
        var listen = ListenAddress.Parse(url) ?? throw new ArgumentException($"'{url}' is not an address.", nameof(url));
        if (listen.Address is { } address)
        {
            kestrel.Listen(address, listen.Port, Configure);
        }
        else
        {
            kestrel.ListenLocalhost(listen.Port, Configure);
        }

        void Configure(ListenOptions connection)
        {
            // S3 is HTTP/1.1: its clients gain nothing from many streams that share one connection's window.
            connection.Protocols = HttpProtocols.Http1;
            if (listen.IsTls)
            {
                connection.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = certificate!.Current(),
                    }),
                });
            }

            if (mark is not null)
            {
                connection.Use(next => arrived =>
                {
                    mark(arrived.Features);
                    return next(arrived);
                });
            }
        }
    }
}

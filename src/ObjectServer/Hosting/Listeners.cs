using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ObjectServer.Hosting;

/// <summary>Opens the addresses that the options name.</summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, ObjectServerOptions options, ServerCertificate? certificate)
    {
        foreach (var url in options.Listen)
        {
            Open(kestrel, url, certificate, isAdmin: false);
        }

        if (options.AdminListen is { } admin)
        {
            Open(kestrel, admin, certificate, isAdmin: true);
        }
    }

    private static void Open(KestrelServerOptions kestrel, string url, ServerCertificate? certificate, bool isAdmin)
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

            if (isAdmin)
            {
                connection.Use(next => arrived =>
                {
                    arrived.Features.Set(AdminConnection.Instance);
                    return next(arrived);
                });
            }
        }
    }
}

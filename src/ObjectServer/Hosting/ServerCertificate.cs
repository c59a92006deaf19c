using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using ObjectServer.Observability;

namespace ObjectServer.Hosting;

/// <summary>The certificate of the https addresses, read again when its files change.</summary>
/// <remarks>
/// Whoever renews a certificate replaces two files, one after the other. If a handshake falls between, the pair does
/// not fit; the one before stays in use until it does.
/// </remarks>
internal sealed class ServerCertificate(string certificatePath, string? keyPath, TimeProvider time, ILogger log)
{
    /// <summary>How often the files are looked at, at most.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _current;
    private (DateTime Certificate, DateTime Key) _stamp;
    private long _lookedAt;

    /// <summary>What the next handshake shows, with the certificates that vouch for it.</summary>
    /// <exception cref="CryptographicException">The files were never readable.</exception>
    public SslStreamCertificateContext Current()
    {
        lock (_lock)
        {
            if (_current is null || time.GetElapsedTime(_lookedAt) >= LookInterval)
            {
                _lookedAt = time.GetTimestamp();
                Look();
            }

            return _current ?? throw new CryptographicException($"'{certificatePath}' cannot be read.");
        }
    }

    private void Look()
    {
        var stamp = (File.GetLastWriteTimeUtc(certificatePath), File.GetLastWriteTimeUtc(keyPath ?? certificatePath));
        if (_current is not null && stamp == _stamp)
        {
            return;
        }

        _stamp = stamp;
        try
        {
            _current = Read();
            ServerLog.CertificateRead(log, certificatePath);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            ServerLog.CertificateUnreadable(log, unreadable, certificatePath);
        }
    }

    private SslStreamCertificateContext Read()
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);

        // Windows cannot use a key that lives only in memory; a round trip through PKCS #12 gives it one it can.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificatePath);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}

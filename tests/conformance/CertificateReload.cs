using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ObjectServer.Conformance;

/// <summary>Certificates whose files are replaced under a server that runs.</summary>
public sealed class CertificateReload
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_connections_see_the_new_certificate_and_a_broken_file_changes_nothing()
    {
        using var directory = new ScratchDirectory();
        var (certificate, key) = (directory["tls.crt"], directory["tls.key"]);
        var first = WriteCertificate();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--listen", "https://127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key);
        Assert.Equal(first, await SeeAsync(server));

        var second = WriteCertificate();
        Assert.NotEqual(first, second);
        await ServerProcess.EventuallyAsync(async () => await SeeAsync(server) == second);

        File.WriteAllText(certificate, "not a certificate");
        var complaint = server.ReadLineAsync(
            line => line.Contains("cannot be read; the one before stays in use.", StringComparison.Ordinal));
        await ServerProcess.EventuallyAsync(async () =>
        {
            // Only a handshake makes the server look.
            Assert.Equal(second, await SeeAsync(server));
            return complaint.IsCompleted;
        });
        Assert.Contains(certificate, await complaint, StringComparison.Ordinal);
        Assert.Equal(second, await SeeAsync(server));

        var third = WriteCertificate();
        await ServerProcess.EventuallyAsync(async () => await SeeAsync(server) == third);

        string WriteCertificate()
        {
            using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = TimeProvider.System.GetUtcNow();
            using var made = new CertificateRequest("CN=localhost", secret, HashAlgorithmName.SHA256)
                .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            File.WriteAllText(certificate, made.ExportCertificatePem());
            File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
            return made.Thumbprint;
        }
    }

    /// <summary>The thumbprint of what a new connection is shown.</summary>
    private static async Task<string> SeeAsync(ServerProcess server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Addresses[0].Port, Cancellation);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
            Cancellation);
        return tls.RemoteCertificate!.GetCertHashString();
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Denials;
using ObjectServer.Hosting;
using ObjectServer.Identity;
using ObjectServer.Observability;

namespace ObjectServer.Tests.Hosting;

public sealed class AdminEndpointTests : IDisposable
{
    private readonly ServerMetrics _metrics = new();

    private static Authenticator Nobody { get; } =
        new(() => IdentitySnapshot.Empty, new NoSessions(), "us-east-1", TimeProvider.System);

    private static Explanations Silent { get; } = new(Nobody, new DenialLog());

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.1.2.3", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("192.0.2.1", 403)]
    [InlineData("::ffff:192.0.2.1", 403)]
    [InlineData("2001:db8::1", 403)]
    [InlineData(null, 403)]
    public async Task Metrics_without_an_address_of_their_own_answer_loopback_alone(string? caller, int status) =>
        Assert.Equal(status, await AskAsync("/-/metrics", caller, hasOwnAddress: false));

    [Theory]
    [InlineData("/-/metrics", true)]
    [InlineData("/-/health/live", true)]
    [InlineData("/-/health/live", false)]
    [InlineData("/-/health/ready", false)]
    public async Task Everything_else_answers_everybody(string path, bool hasOwnAddress) =>
        Assert.Equal(200, await AskAsync(path, "192.0.2.1", hasOwnAddress));

    private async Task<int> AskAsync(string path, string? caller, bool hasOwnAddress)
    {
        var endpoint = new AdminEndpoint(
            new Addresser([]), _metrics, Silent, new(Nobody, null!, null!), () => null, hasOwnAddress);
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = path;
        http.Request.Method = HttpMethods.Get;
        http.Request.Headers.Host = "server:9000";
        http.Connection.RemoteIpAddress = caller is null ? null : IPAddress.Parse(caller);
        if (hasOwnAddress)
        {
            http.Features.Set(AdminConnection.Instance);
        }

        Assert.True(endpoint.Claims(http));
        await endpoint.AnswerAsync(http);
        return http.Response.StatusCode;
    }
}

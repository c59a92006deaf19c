using System.Net;
using ObjectServer.Hosting;

namespace ObjectServer.Tests.Hosting;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9000", false, "127.0.0.1", 9000)]
    [InlineData("https://[::1]:9443/", true, "::1", 9443)]
    [InlineData("http://*:0", false, "::", 0)]
    [InlineData("HTTP://0.0.0.0", false, "0.0.0.0", 80)]
    [InlineData("https://[::]", true, "::", 443)]
    public void Addresses_are_read(string url, bool isTls, string address, int port)
    {
        var listen = ListenAddress.Parse(url);

        Assert.Equal((isTls, IPAddress.Parse(address), port), (listen!.IsTls, listen.Address, listen.Port));
    }

    [Fact]
    public void Localhost_is_both_loopback_addresses() =>
        Assert.Equal(new ListenAddress(false, "localhost", null, 9000), ListenAddress.Parse("http://localhost:9000"));

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:9000")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://")]
    [InlineData("http://example.com:9000")]
    [InlineData("http://127.0.0.1:x")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:9000/path")]
    public void What_is_no_address_is_refused(string url) => Assert.Null(ListenAddress.Parse(url));
}

using System.Text;
using ObjectServer.Hosting;

namespace ObjectServer.Tests.Hosting;

public sealed class HeaderTextTests
{
    private static Encoding Encoding => HeaderText.ForRequest("x-amz-meta-a")!;

    [Fact]
    public void Utf8_is_read_as_utf8() => Assert.Equal("é…", Encoding.GetString("é…"u8));

    [Fact]
    public void Other_bytes_are_read_as_latin1() => Assert.Equal("é", Encoding.GetString([0xE9]));

    [Fact]
    public void Headers_that_are_ascii_keep_the_servers_own_way() => Assert.Null(HeaderText.ForRequest("Authorization"));
}

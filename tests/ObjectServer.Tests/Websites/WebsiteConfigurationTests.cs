using ObjectServer.Storage.Model;
using ObjectServer.Websites;

namespace ObjectServer.Tests.Websites;

public sealed class WebsiteConfigurationTests
{
    private static readonly RedirectRule Somewhere = new() { HostName = "else.example.com" };

    [Theory]
    [InlineData(null, "index.html")]
    [InlineData("/", "/index.html")]
    [InlineData("docs/", "docs/index.html")]
    [InlineData("docs", "docs")]
    [InlineData("docs/a.html", "docs/a.html")]
    public void What_ends_in_a_slash_is_its_index(string? key, string document) =>
        Assert.Equal(document, Website().DocumentOf(Key(key)).ToString());

    [Fact]
    public void An_index_that_would_be_longer_than_a_key_is_none()
    {
        var longest = new string('k', ObjectKey.MaxBytes - 1) + "/";
        Assert.Null(Website().DocumentOf(Key(longest)));
        Assert.Null(Website().IndexOf(Key(longest[..^1])));
    }

    [Fact]
    public void The_first_rule_that_fits_counts()
    {
        var website = Website(
            new() { KeyPrefix = "docs/", Redirect = Somewhere },
            new() { ErrorCode = 404, Redirect = Somewhere },
            new() { KeyPrefix = "old", ErrorCode = 403, Redirect = Somewhere },
            new() { KeyPrefix = "ö", Redirect = Somewhere });

        Assert.Equal(0, At(website.FindRule(Key("docs/a"))));
        Assert.Equal(1, At(website.FindRule(Key("doc"))));
        Assert.Equal(0, At(website.FindRule(Key("docs/a"), 404)));
        Assert.Equal(1, At(website.FindRule(Key("old"), 404)));
        Assert.Equal(2, At(website.FindRule(Key("old"), 403)));
        Assert.Equal(3, At(website.FindRule(Key("öde"), 200)));
        Assert.Null(website.FindRule(Key("old"), 200));
        Assert.Null(website.FindRule(null, 200));
        Assert.Equal(1, At(website.FindRule(null, 404)));

        int At(RoutingRule? rule) => website.Rules.IndexOf(rule!);
    }

    [Fact]
    public void An_empty_prefix_is_that_of_every_key()
    {
        var website = Website(new RoutingRule { KeyPrefix = "", Redirect = Somewhere });
        Assert.NotNull(website.FindRule(null));
        Assert.NotNull(website.FindRule(Key("any")));
    }

    [Theory]
    [InlineData("docs/", null, "documents/", "/docs/", "http://site.test:9000/documents/")]
    [InlineData("docs/", null, "documents/", "/docs/a%20b/%C3%A4?q=1&r", "http://site.test:9000/documents/a%20b/%C3%A4?q=1&r")]
    [InlineData("docs/", null, "", "/docs/a", "http://site.test:9000/a")]
    [InlineData(null, null, "report-404/", "/images/x", "http://site.test:9000/report-404/images/x")]
    [InlineData(null, null, "#!/", "/a/b?c", "http://site.test:9000/#!/a/b?c")]
    [InlineData("images/", "gone.html", null, "/images/x?q", "http://site.test:9000/gone.html")]
    [InlineData("images/", "a b\r\nSet-Cookie: c", null, "/images/x", "http://site.test:9000/a%20b%0D%0ASet-Cookie:%20c")]
    [InlineData("images/", null, null, "/images/%2F%61?", "http://site.test:9000/images/%2F%61")]
    public void A_rule_replaces_the_key_or_its_prefix(
        string? prefix, string? replacement, string? prefixReplacement, string target, string location)
    {
        var (path, query) = target.Split('?') is [var before, var after] ? (before, after) : (target, "");
        var key = ObjectServer.Addressing.Addresser.ReadKey(path.AsSpan(1));
        var rule = new RoutingRule
        {
            KeyPrefix = prefix,
            Redirect = new() { Key = replacement, KeyPrefix = prefixReplacement },
        };

        Assert.True(rule.IsFor(key));
        Assert.Equal(location, rule.LocationFor(new("http", "site.test:9000", path, query), key));
    }

    [Theory]
    [InlineData(null, null, "http", "http://site.test:9000/a")]
    [InlineData(null, "https", "http", "https://site.test/a")]
    [InlineData(null, "https", "https", "https://site.test:9000/a")]
    [InlineData("else.test", null, "https", "https://else.test/a")]
    [InlineData("else.test:81", "http", "https", "http://else.test:81/a")]
    public void A_port_goes_with_the_protocol_it_speaks(string? host, string? protocol, string scheme, string location) =>
        Assert.Equal(
            location,
            new RedirectRule { HostName = host, Protocol = protocol }
                .LocationFor(new(scheme, "site.test:9000", "/a", ""), Key("a"), prefixLength: 0));

    private static WebsiteConfiguration Website(params RoutingRule[] rules) =>
        new() { IndexSuffix = "index.html", Rules = [.. rules] };

    private static ObjectKey? Key(string? key) => key is null ? null : ObjectKey.Parse(key);
}

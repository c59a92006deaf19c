using System.Buffers;
using System.Text;
using CsCheck;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Websites;

public sealed class WebsiteDocumentTests
{
    private const string Index = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>";
    private const string Before = "<RoutingRules><RoutingRule><Condition>";
    private const string Between = "</Condition><Redirect>";
    private const string After = "</Redirect></RoutingRule></RoutingRules>";
    private const string All = "<RedirectAllRequestsTo><HostName>example.com</HostName></RedirectAllRequestsTo>";

    [Theory]
    [InlineData("<Suffix>index.html</Suffix>")]
    [InlineData(Index + Index)]
    [InlineData("<IndexDocument/>")]
    [InlineData("<IndexDocument><Suffix>a</Suffix><Suffix>b</Suffix></IndexDocument>")]
    [InlineData("<IndexDocument><Suffix>a&#xD800;b</Suffix></IndexDocument>")]
    [InlineData(Index + "<ErrorDocument/>")]
    [InlineData(Index + "<ErrorDocument><Name>a</Name></ErrorDocument>")]
    [InlineData(Index + "<RoutingRules/>")]
    [InlineData(Index + "<RoutingRules><Rule/></RoutingRules>")]
    [InlineData(Index + "<RoutingRules><RoutingRule/></RoutingRules>")]
    [InlineData("<RedirectAllRequestsTo/>")]
    [InlineData("<IndexDocument><Suffix>index.html<x/></Suffix></IndexDocument>")]
    [InlineData(Index + "<ErrorDocument><Key>error.html<x/></Key></ErrorDocument>")]
    [InlineData("<RedirectAllRequestsTo><HostName>a<x/></HostName></RedirectAllRequestsTo>")]
    [InlineData(Index + Before + "<KeyPrefixEquals>docs/<x/></KeyPrefixEquals>" + Between + "<HostName>a</HostName>" + After)]
    [InlineData(
        Index + Before + "<HttpErrorCodeReturnedEquals>404<x/></HttpErrorCodeReturnedEquals>" + Between + "<HostName>a</HostName>" + After)]
    [InlineData(Index + Before + "<KeyPrefixEquals>a</KeyPrefixEquals>" + Between + "<ReplaceKeyWith>a<x/></ReplaceKeyWith>" + After)]
    [InlineData(Index + Before + "<KeyPrefixEquals>a</KeyPrefixEquals>" + Between + "<ReplaceKeyPrefixWith>a<x/></ReplaceKeyPrefixWith>" + After)]
    [InlineData("<RedirectAllRequestsTo><HostName>a</HostName><Path>b</Path></RedirectAllRequestsTo>")]
    public void What_is_no_such_document_is_malformed(string content) =>
        Assert.Equal("MalformedXML", Refusal(content).Code);

    [Theory]
    [InlineData("", "IndexDocument", "null", "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty")]
    [InlineData(
        "<ErrorDocument><Key>error.html</Key></ErrorDocument>", "IndexDocument", "null",
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty")]
    [InlineData(
        "<IndexDocument><Suffix></Suffix></IndexDocument>", "IndexDocument", "", "The IndexDocument Suffix is not well formed")]
    [InlineData(
        "<IndexDocument><Suffix>a/b</Suffix></IndexDocument>", "IndexDocument", "a/b",
        "The IndexDocument Suffix is not well formed")]
    [InlineData(
        Index + "<ErrorDocument><Key></Key></ErrorDocument>", "ErrorDocument", "", "The ErrorDocument Key is not well formed")]
    [InlineData(
        All + Index, "RedirectAllRequestsTo", "not null",
        "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.")]
    public void Arguments_are_refused_by_name(string content, string argument, string value, string message)
    {
        var refusal = Refusal(content);
        Assert.Equal(("InvalidArgument", message), (refusal.Code, refusal.Message));
        Assert.Equal([new("ArgumentName", argument), new("ArgumentValue", value)], refusal.Details);
    }

    [Fact]
    public void A_suffix_and_an_error_document_are_no_longer_than_keys()
    {
        var longest = new string('k', ObjectKey.MaxBytes);
        Assert.Equal(
            longest, Read($"<IndexDocument><Suffix>{longest}</Suffix></IndexDocument>").IndexSuffix);
        Assert.Equal("InvalidArgument", Refusal($"<IndexDocument><Suffix>{longest}k</Suffix></IndexDocument>").Code);
        Assert.Equal("InvalidArgument", Refusal($"{Index}<ErrorDocument><Key>{longest}k</Key></ErrorDocument>").Code);
    }

    [Fact]
    public void To_lead_everybody_elsewhere_takes_a_host()
    {
        Assert.Equal(
            "A host name must be provided to redirect all requests (e.g. \"example.com\").",
            Refusal("<RedirectAllRequestsTo><HostName></HostName></RedirectAllRequestsTo>").Message);
        Assert.StartsWith(
            "Invalid protocol, protocol can be http or https.",
            Refusal("<RedirectAllRequestsTo><HostName>a</HostName><Protocol>ftp</Protocol></RedirectAllRequestsTo>").Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "<Protocol>http2</Protocol>", "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.")]
    [InlineData("", "<ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith>", "You can only define ReplaceKeyPrefix or ReplaceKey but not both.")]
    [InlineData("", "<HttpRedirectCode>300</HttpRedirectCode>", "The provided HTTP redirect code (300) is not valid. Valid codes are 3XX except 300.")]
    [InlineData("", "<HttpRedirectCode>314</HttpRedirectCode>", "The provided HTTP redirect code (314) is not valid. Valid codes are 3XX except 300.")]
    [InlineData("", "<HostName></HostName>", "The HostName cannot be blank. To redirect within the same domain, the element should not be present.")]
    [InlineData("<Condition/>", "<HostName>a</HostName>", "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.")]
    [InlineData("<Condition><HttpErrorCodeReturnedEquals>302</HttpErrorCodeReturnedEquals></Condition>", "<HostName>a</HostName>", "The provided HTTP error code (302) is not valid. Valid codes are 4XX or 5XX.")]
    public void A_rule_says_what_can_be_done(string condition, string redirect, string message)
    {
        var refusal = Refusal(Rules($"{condition}<Redirect>{redirect}</Redirect>"));
        Assert.Equal(("InvalidRequest", message), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("<Redirect/>")]
    [InlineData("<Condition><KeyPrefixEquals>a</KeyPrefixEquals></Condition>")]
    [InlineData("<Redirect><HttpRedirectCode>moved</HttpRedirectCode></Redirect>")]
    [InlineData("<Redirect><HostName>a</HostName><HostName>b</HostName></Redirect>")]
    [InlineData("<Condition><Suffix>a</Suffix></Condition><Redirect><HostName>a</HostName></Redirect>")]
    [InlineData("<Condition><HttpErrorCodeReturnedEquals/></Condition><Redirect><HostName>a</HostName></Redirect>")]
    public void A_rule_that_says_nothing_or_something_unknown_is_malformed(string rule) =>
        Assert.Equal("MalformedXML", Refusal(Rules(rule)).Code);

    [Fact]
    public void Fifty_rules_are_the_most()
    {
        const string Rule = "<Redirect><HostName>a</HostName></Redirect>";
        Assert.Equal(50, Read(Rules([.. Enumerable.Repeat(Rule, 50)])).Rules.Length);
        Assert.Equal(
            "51 routing rules provided, the number of routing rules in a website configuration is limited to 50.",
            Refusal(Rules([.. Enumerable.Repeat(Rule, 51)])).Message);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = Gen.String[Gen.Char["ab:.&<>\"\u00e4\u0001 "], 1, 8];
        var redirect =
            from host in text.Null()
            from protocol in Gen.OneOf("http", "https").Null()
            from code in Gen.OneOf(301, 302, 308).Nullable()
            from place in Gen.Int[0, 2]
            from with in text
            select new RedirectRule
            {
                HostName = host,
                Protocol = protocol ?? (host is null && code is null && place == 2 ? "http" : null),
                StatusCode = code,
                Key = place == 0 ? with : null,
                KeyPrefix = place == 1 ? with : null,
            };
        var rule =
            from prefix in text.Null()
            from code in Gen.Int[400, 599].Nullable()
            from to in redirect
            select new RoutingRule { KeyPrefix = prefix, ErrorCode = code, Redirect = to };
        var website =
            from suffix in text
            from error in text.Null()
            from rules in rule.Array[0, 4]
            select new WebsiteConfiguration
            {
                IndexSuffix = suffix,
                ErrorKey = error is null ? null : ObjectKey.Parse(error),
                Rules = [.. rules],
            };
        var elsewhere =
            from host in text
            from protocol in Gen.OneOf("http", "https").Null()
            select new WebsiteConfiguration { RedirectAll = new() { HostName = host, Protocol = protocol } };
        Gen.OneOf(website, elsewhere).Sample(written =>
        {
            var document = new ArrayBufferWriter<byte>();
            WebsiteDocument.Write(new S3XmlWriter(document), written);
            var read = WebsiteDocument.Read(document.WrittenMemory);
            return read with { Rules = [] } == written with { Rules = [] } && read.Rules.SequenceEqual(written.Rules);
        });
    }

    private static string Rules(params string[] rules) =>
        $"{Index}<RoutingRules>{string.Concat(rules.Select(rule => $"<RoutingRule>{rule}</RoutingRule>"))}</RoutingRules>";

    private static S3Error Refusal(string content) => Assert.Throws<S3Exception>(() => Read(content)).Error;

    private static WebsiteConfiguration Read(string content) =>
        WebsiteDocument.Read(Encoding.UTF8.GetBytes($"<WebsiteConfiguration>{content}</WebsiteConfiguration>"));
}

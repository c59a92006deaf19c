using System.Buffers;
using System.Text;
using CsCheck;
using ObjectServer.Cors;
using ObjectServer.Errors;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Cors;

public sealed class CorsDocumentTests
{
    private const string Least = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>";

    [Theory]
    [InlineData("<CORSConfiguration/>")]
    [InlineData("<CorsConfiguration><CORSRule/></CorsConfiguration>")]
    [InlineData("<CORSConfiguration><Rule/></CORSConfiguration>")]
    public void A_document_is_nothing_but_rules(string document) =>
        Assert.Equal("MalformedXML", Refusal(document).Code);

    [Theory]
    [InlineData("")]
    [InlineData("<AllowedMethod>GET</AllowedMethod>")]
    [InlineData("<AllowedOrigin>*</AllowedOrigin>")]
    [InlineData(Least + "<AllowedOrigin/>")]
    [InlineData(Least + "<AllowedHeader/>")]
    [InlineData(Least + "<MaxAgeSeconds/>")]
    [InlineData(Least + "<MaxAgeSeconds>-1</MaxAgeSeconds>")]
    [InlineData(Least + "<MaxAgeSeconds>1.5</MaxAgeSeconds>")]
    [InlineData(Least + "<MaxAgeSeconds>99999999999</MaxAgeSeconds>")]
    [InlineData(Least + "<MaxAgeSeconds>1</MaxAgeSeconds><MaxAgeSeconds>1</MaxAgeSeconds>")]
    [InlineData(Least + "<ID>a</ID><ID>b</ID>")]
    [InlineData(Least + "<Else>a</Else>")]
    [InlineData(Least + "<ID><ID/></ID>")]
    public void A_rule_has_a_method_an_origin_and_nothing_unknown(string rule) =>
        Assert.Equal("MalformedXML", Refusal(InRule(rule)).Code);

    [Theory]
    [InlineData(
        "<AllowedMethod>PATCH</AllowedMethod>",
        "Found unsupported HTTP method in CORS config. Unsupported method is PATCH")]
    [InlineData(
        "<AllowedMethod>get</AllowedMethod>",
        "Found unsupported HTTP method in CORS config. Unsupported method is get")]
    [InlineData(
        "<AllowedOrigin>http://*.*</AllowedOrigin>",
        "AllowedOrigin \"http://*.*\" can not have more than one wildcard.")]
    [InlineData(
        "<AllowedHeader>*-*</AllowedHeader>",
        "AllowedHeader \"*-*\" can not have more than one wildcard.")]
    [InlineData(
        "<ExposeHeader>x-*</ExposeHeader>",
        "ExposeHeader \"x-*\" contains wildcard. We currently do not support wildcard for ExposeHeader.")]
    [InlineData("<ExposeHeader>a b</ExposeHeader>", "ExposeHeader \"a b\" is not the name of a header.")]
    [InlineData("<ExposeHeader>\u00e4</ExposeHeader>", "ExposeHeader \"\u00e4\" is not the name of a header.")]
    [InlineData("<ExposeHeader>a&#13;&#10;b</ExposeHeader>", "ExposeHeader \"a\r\nb\" is not the name of a header.")]
    public void What_cannot_be_allowed_is_refused_by_name(string element, string message)
    {
        var refusal = Refusal(InRule(Least + element));
        Assert.Equal(("InvalidRequest", message), (refusal.Code, refusal.Message));
    }

    [Fact]
    public void A_hundred_rules_are_the_most()
    {
        Assert.Equal(100, Read(Rules(100)).Rules.Length);
        Assert.Equal("InvalidRequest", Refusal(Rules(101)).Code);

        static string Rules(int count) =>
            $"<CORSConfiguration>{string.Concat(Enumerable.Repeat($"<CORSRule>{Least}</CORSRule>", count))}</CORSConfiguration>";
    }

    [Fact]
    public void A_rule_may_have_a_name_of_255_characters()
    {
        Assert.Equal(255, Read(InRule($"<ID>{new string('i', 255)}</ID>{Least}")).Rules.Single().Id!.Length);
        Assert.Equal("InvalidArgument", Refusal(InRule($"<ID>{new string('i', 256)}</ID>{Least}")).Code);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = Gen.String[Gen.Char["ab:/.&<>\"\u00e4\u0001 "], 1, 8];
        var pattern = text.Select(part => new CorsPattern(part + "*"));
        var rules =
            from id in text.Null()
            from headers in pattern.Array[0, 3]
            from methods in Gen.OneOf("GET", "PUT", "POST", "DELETE", "HEAD").Array[1, 3]
            from origins in pattern.Array[1, 3]
            from exposed in Gen.OneOf("ETag", "x-amz-meta-a_b", "x.y").Array[0, 3]
            from seconds in Gen.Int[0, int.MaxValue].Nullable()
            select new CorsRule
            {
                Id = id,
                Headers = [.. headers],
                Methods = [.. methods],
                Origins = [.. origins],
                ExposedHeaders = [.. exposed],
                MaxAgeSeconds = seconds,
            };
        rules.Array[1, 4].Sample(written =>
        {
            var document = new ArrayBufferWriter<byte>();
            CorsDocument.Write(new S3XmlWriter(document), new([.. written]));
            var read = CorsDocument.Read(document.WrittenMemory).Rules;
            return read.Select(Show).SequenceEqual(written.Select(Show));
        });

        static string Show(CorsRule rule) => string.Join('|', (string[])
        [
            rule.Id ?? "(none)",
            string.Join(',', rule.Headers.Select(header => header.Text)),
            string.Join(',', rule.Methods),
            string.Join(',', rule.Origins.Select(origin => origin.Text)),
            string.Join(',', rule.ExposedHeaders),
            $"{rule.MaxAgeSeconds}",
        ]);
    }

    private static string InRule(string content) =>
        $"<CORSConfiguration><CORSRule>{content}</CORSRule></CORSConfiguration>";

    private static CorsConfiguration Read(string document) => CorsDocument.Read(Encoding.UTF8.GetBytes(document));

    private static S3Error Refusal(string document) => Assert.Throws<S3Exception>(() => Read(document)).Error;
}

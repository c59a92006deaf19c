using System.Text;
using System.Text.Json;
using CsCheck;
using ObjectServer.Storage.Model;
using ObjectServer.Sts;

namespace ObjectServer.Tests.Sts;

public sealed class WebTokenTests
{
    private const string Header = """{"alg":"RS256","kid":"rsa"}""";
    private const string Payload = """{"iss":"https://a.example","sub":"alice","aud":"x","iat":1,"exp":2}""";

    [Fact]
    public void What_a_token_says_is_read()
    {
        var token = WebToken.Parse(WebTokens.SignText(Header, """
            {"iss":"https://a.example","sub":"alice","aud":["x","y"],"azp":"x","iat":1.5,"exp":2,"nbf":1,"age":41,"ok":true,
             "amr":["pwd","otp"],"nested":{"a":"b"},"https://aws.amazon.com/source_identity":"admin",
             "https://aws.amazon.com/tags":{"principal_tags":{"team":["blue"]},"transitive_tag_keys":["team"]},
             "https://aws.amazon.com/tags/principal_tags/stage":"test"}
            """))!;

        Assert.Equal(("RS256", "rsa", "https://a.example", "alice", "x"), (token.Algorithm, token.KeyId, token.Issuer, token.Subject, token.AuthorizedParty));
        Assert.Equal(["x", "y"], token.Audience);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1500), token.IssuedAt);
        Assert.Equal(["41"], token.Claims["age"]);
        Assert.Equal(["true"], token.Claims["ok"]);
        Assert.Equal(["pwd", "otp"], token.Claims["amr"]);
        Assert.False(token.Claims.ContainsKey("nested"));
        Assert.Equal("admin", token.SourceIdentity);
        Assert.Equal([new Tag("team", "blue"), new Tag("stage", "test")], token.Tags);
        Assert.Equal(["team"], token.TransitiveTagKeys);
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", Payload)]
    [InlineData("""{"alg":"HS256"}""", Payload)]
    [InlineData("""{"alg":"rs256"}""", Payload)]
    [InlineData("""{"alg":["RS256"]}""", Payload)]
    [InlineData("""{"kid":"rsa"}""", Payload)]
    [InlineData("""{"alg":"RS256","crit":["b64"],"b64":false}""", Payload)]
    [InlineData("""{"alg":"none","alg":"RS256"}""", Payload)]
    [InlineData("[]", Payload)]
    [InlineData("", Payload)]
    [InlineData(Header, "")]
    [InlineData(Header, "null")]
    [InlineData(Header, "[1]")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","iat":1}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","exp":1}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","aud":"x","iat":1,"exp":2}""")]
    [InlineData(Header, """{"sub":"alice","aud":"x","iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"","sub":"alice","aud":"x","iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":[],"iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":["x",1],"iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","iat":"1","exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","iat":1,"exp":1e300}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","iat":-1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","aud":"x","iat":1,"exp":2,"nbf":"soon"}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"\ud800","aud":"x","iat":1,"exp":2}""")]
    [InlineData(Header, """{"iss":"https://a.example","sub":"alice","sub":"bob","aud":"x","iat":1,"exp":2}""")]
    [InlineData(Header, Payload + "x")]
    public void What_is_no_identity_is_none(string header, string payload) =>
        Assert.Null(WebToken.Parse(WebTokens.SignText(header, payload)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d.e")]
    [InlineData("é.é.é")]
    public void What_is_no_token_is_none(string token) => Assert.Null(WebToken.Parse(token));

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        var deep = Payload[..^1] + ",\"x\":" + new string('[', 5000) + new string(']', 5000) + "}";
        Assert.Null(WebToken.Parse(WebTokens.SignText(Header, deep)));
        Assert.Null(WebToken.Parse(WebTokens.SignText(Header, Payload[..^1] + ",\"x\":\"" + new string('x', 20_000) + "\"}")));
    }

    [Fact]
    public void Whatever_it_is_fed_the_reader_answers()
    {
        Gen.String.Sample(text => Assert.Null(WebToken.Parse(text)));
        Gen.Select(Gen.Int[0, Payload.Length - 1], Gen.Char[' ', '~']).Sample(change =>
        {
            var (at, character) = change;
            _ = WebToken.Parse(WebTokens.SignText(Header, Payload[..at] + character + Payload[(at + 1)..]));
        });
    }

    [Fact]
    public void A_signature_holds_for_its_key_its_algorithm_and_every_character()
    {
        var keys = WebKey.ReadSet(Encoding.UTF8.GetBytes(WebTokens.KeySet()), 64);
        Assert.Equal(["rsa", "ec"], keys.Select(key => key.Id));
        var claims = WebTokens.Claims(DateTimeOffset.UnixEpoch);
        foreach (var (algorithm, signer) in ((string, int)[])[("RS256", 0), ("RS512", 0), ("ES256", 1)])
        {
            var token = WebTokens.Sign(claims, algorithm);
            Assert.True(WebToken.Parse(token)!.IsSignedBy(keys[signer]));
            Assert.False(WebToken.Parse(token)!.IsSignedBy(keys[1 - signer]));
            var other = WebTokens.Sign(WebTokens.Claims(DateTimeOffset.FromUnixTimeSeconds(1)), algorithm).Split('.');
            Assert.False(WebToken.Parse($"{other[0]}.{other[1]}.{token.Split('.')[2]}")!.IsSignedBy(keys[signer]));
            Assert.False(WebToken.Parse($"{other[0]}.{other[1]}.")!.IsSignedBy(keys[signer]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    public void What_is_no_key_set_is_none(string set) =>
        Assert.ThrowsAny<JsonException>(() => WebKey.ReadSet(Encoding.UTF8.GetBytes(set), 64));
}

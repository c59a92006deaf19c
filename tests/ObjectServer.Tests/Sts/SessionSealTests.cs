using System.Buffers.Text;
using System.Security.Cryptography;
using CsCheck;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;
using ObjectServer.Sts;

namespace ObjectServer.Tests.Sts;

public sealed class SessionSealTests
{
    /// <summary>Made by the first release that had sessions.</summary>
    private const string Frozen =
        "AUNHtMgDlQvHZILF5ZoL8WT4L2ngOoZRj5a5UM5nULrtnZbIS_DdZqK-0losfP4cpDr-QNnmw8xe3wcdRi1jF6pdxoDgW_sNV3Wf"
        + "uYP2VNyMw3K3XWr2xKn1sNHbna8oQX6aK9VmZDouTyMgdk61lrciKQPQmoOy1XOC8lMtK4PA2EV0o6BfOjMoBcN5XnqyiMOJ3xkN"
        + "hiOUwSt6M_7zGwPoIir33HbenOofRcXBWTsjxJatvCmQdtHeH5n62iuqpwz0pQ5kWaxbstD1FpSJ7oT_75tTwQu_31Rz78QYxjzM"
        + "7mi-6B79eplcJUceHuNwxIwUqV-BeAxqZKyQN065ADWyeJNMlYhSg3XYT-VIYLW0a4NkNWpzFHqh84h0";

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private static readonly Gen<string> Text = Gen.String.Where(text => !text.Any(char.IsSurrogate));

    private static readonly Gen<SessionLimits> Limits =
        Gen.Select(
            Text.Null(), Text.Array[0, 3], Gen.Select(Text, Text).Array[0, 5], Text.Array[0, 2],
            (policy, arns, tags, keys) => new SessionLimits
            {
                Policy = policy is null ? null : new(policy, PolicyKind.Session),
                PolicyArns = [.. arns],
                Tags = [.. tags.Select(tag => new Tag(tag.Item1, tag.Item2))],
                TransitiveTagKeys = tags.Length == 0 ? [] : [.. keys],
            });

    private static readonly Gen<DateTimeOffset> Time =
        Gen.Long[1, 4_000_000_000].Select(DateTimeOffset.FromUnixTimeSeconds);

    private static readonly Gen<Session> Any =
        Gen.Select(
            Gen.Int[1, 3], Text.Array[5, 5], Time, Gen.Int[900, 129_600], Time.Nullable(),
            Gen.Select(Text.Where(text => text.Length > 0).Null(), Text.Where(text => text.Length > 0).Null()), Limits,
            (kind, texts, issued, seconds, factor, who, limits) => new Session
            {
                Kind = (SessionKind)kind,
                AccountId = texts[0],
                PrincipalId = texts[1],
                Name = texts[2],
                AccessKeyId = texts[3],
                Secret = texts[4],
                Issued = issued,
                Expires = issued.AddSeconds(seconds),
                MultiFactorTime = factor,
                SourceIdentity = who.Item1,
                Provider = who.Item2,
                Limits = limits,
            });

    private readonly SessionSeal _seal = new(Key);

    private static Session Plain => new()
    {
        Kind = SessionKind.Role,
        AccountId = "111122223333",
        PrincipalId = "AROAEXAMPLE",
        Name = "nightly",
        AccessKeyId = "ASIAEXAMPLE",
        Secret = "secret",
        Issued = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        Expires = DateTimeOffset.FromUnixTimeSeconds(1_700_003_600),
        Limits = new() { Tags = [new("team", "blue")] },
    };

    /// <summary>What the frozen token says: every field has something in it.</summary>
    private static Session Full => Plain with
    {
        MultiFactorTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_001),
        SourceIdentity = "alice",
        Provider = "arn:aws:iam::111122223333:oidc-provider/issuer.example.com",
        Limits = new()
        {
            Policy = new("{\"Version\":\"2012-10-17\",\"Statement\":[]}", PolicyKind.Session),
            PolicyArns = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
            Tags = [new("team", "blue"), new("größe", "")],
            TransitiveTagKeys = ["team"],
        },
    };

    [Fact]
    public void Whatever_a_token_is_made_of_is_read_from_it() => Any.Sample(session =>
        Assert.Equal(Describe(session), Describe(_seal.Open(Close(session))!)));

    [Fact]
    public void A_token_that_an_earlier_release_gave_out_is_read_by_every_later_one() =>
        Assert.Equal(Describe(Full), Describe(_seal.Open(Frozen)!));

    [Fact]
    public void A_changed_bit_anywhere_is_found()
    {
        var bytes = Base64Url.DecodeFromChars(Close(Plain));
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_seal.Open(Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void A_changed_character_anywhere_is_found()
    {
        var token = Close(Plain);
        for (var at = 0; at < token.Length; at++)
        {
            foreach (var other in (char[])[token[at] == 'A' ? 'B' : 'A', token[at] == '_' ? '-' : '_', ' ', '=', '\n', 'é'])
            {
                Assert.Null(_seal.Open(token[..at] + other + token[(at + 1)..]));
                Assert.Null(_seal.Open(token[..at] + other + token[at..]));
            }

            Assert.Null(_seal.Open(token[..at]));
        }

        Assert.Null(_seal.Open(token + "="));
        Assert.Null(_seal.Open(token + " "));
        Assert.Null(_seal.Open(token + "AAAA"));
    }

    [Fact]
    public void Whatever_is_no_token_is_refused() => Gen.String.Sample(text => Assert.Null(_seal.Open(text)));

    [Fact]
    public void It_is_good_under_its_key_alone() =>
        Assert.Null(new SessionSeal(RandomNumberGenerator.GetBytes(32)).Open(Close(Plain)));

    [Fact]
    public void No_two_tokens_are_alike() => Assert.NotEqual(Close(Plain), Close(Plain));

    [Fact]
    public void The_longest_token_there_can_be_fits()
    {
        var session = Plain with
        {
            Name = new('n', 64),
            Secret = new('s', 40),
            SourceIdentity = new('i', 64),
            Provider = "arn:aws:iam::111122223333:oidc-provider/" + new string('p', 255),
        };
        var token = _seal.Close(session, new byte[SessionSeal.MaxPackedBytes]);

        Assert.InRange(token.Length, 1, SessionSeal.MaxTokenCharacters);
    }

    private string Close(Session session) => _seal.Close(session, SessionSeal.Pack(session.Limits));

    private static string Describe(Session session) => string.Join('\n',
    [
        session.Kind.ToString(), session.AccountId, session.PrincipalId, session.Name, session.AccessKeyId, session.Secret,
        session.Issued.ToString("o"), session.Expires.ToString("o"), session.MultiFactorTime?.ToString("o") ?? "never",
        session.SourceIdentity ?? "none", session.Provider ?? "none",
        session.Limits.Policy?.Text ?? "none",
        .. session.Limits.PolicyArns,
        .. session.Limits.Tags.Select(tag => $"{tag.Key} is {tag.Value}"),
        .. session.Limits.IsEmpty ? [] : session.Limits.TransitiveTagKeys,
    ]);
}

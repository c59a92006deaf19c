using System.Security.Cryptography;
using CsCheck;
using ObjectServer.Encryption;

namespace ObjectServer.Tests.Encryption;

public sealed class SecretSealTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private readonly SecretSeal _seal = new(Key);

    [Fact]
    public void Whatever_is_sealed_is_opened_again() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text =>
            Assert.Equal(text, _seal.Open(_seal.Close(text, "here"), "here")));

    [Fact]
    public void What_was_sealed_once_is_opened_for_ever() => Assert.Equal(
        "secret", _seal.Open("AQAAAAAAAAAAAAAAAH3Z1qzQWPAlNPeeyvSnQTMzmMeeVag=", "key/AKIA"));

    [Fact]
    public void It_is_good_for_its_place_and_under_its_key_alone()
    {
        var closed = _seal.Close("secret", "key/A");

        Assert.Throws<AuthenticationTagMismatchException>(() => _seal.Open(closed, "key/B"));
        Assert.Throws<AuthenticationTagMismatchException>(
            () => new SecretSeal(RandomNumberGenerator.GetBytes(32)).Open(closed, "key/A"));
    }

    [Fact]
    public void A_changed_byte_anywhere_is_found()
    {
        var closed = Convert.FromBase64String(_seal.Close("secret", "here"));
        for (var at = 0; at < closed.Length; at++)
        {
            var changed = (byte[])closed.Clone();
            changed[at] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => _seal.Open(Convert.ToBase64String(changed), "here"));
        }

        Assert.Throws<CryptographicException>(() => _seal.Open("no Base64!", "here"));
        Assert.Throws<CryptographicException>(() => _seal.Open("", "here"));
    }

    [Fact]
    public void Two_of_one_text_look_different() =>
        Assert.NotEqual(_seal.Close("secret", "here"), _seal.Close("secret", "here"));
}

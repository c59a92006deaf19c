using System.Globalization;
using System.Text;
using ObjectServer.Authentication;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Authentication;

public sealed class SigningKeyTests
{
    private static readonly AccessKey Key = new("AKID", "secret");

    [Fact]
    public void A_key_is_derived_once_for_a_scope()
    {
        var cache = new SigningKeyCache();
        var scope = new CredentialScope("20130524", "us-east-1", "s3");

        Assert.Same(cache.Get(Key, scope), cache.Get(Key, new("20130524", "us-east-1", "s3")));
        Assert.NotSame(cache.Get(Key, scope), cache.Get(Key, scope with { Date = "20130525" }));
    }

    [Fact]
    public void A_secret_that_was_replaced_has_a_key_of_its_own()
    {
        var cache = new SigningKeyCache();
        var scope = new CredentialScope("20130524", "us-east-1", "s3");
        var replaced = new AccessKey(Key.Id, "other");

        Assert.NotEqual(Signature(cache.Get(Key, scope)), Signature(cache.Get(replaced, scope)));
    }

    [Fact]
    public void Keys_stay_right_when_more_days_come_than_are_kept()
    {
        var cache = new SigningKeyCache();
        for (var day = 0; day < 3000; day++)
        {
            var scope = new CredentialScope(day.ToString("D8", CultureInfo.InvariantCulture), "us-east-1", "s3");
            Assert.Equal(Signature(SigningKey.Derive(Key.Secret, scope)), Signature(cache.Get(Key, scope)));
        }
    }

    private static string Signature(SigningKey key)
    {
        var hex = new byte[64];
        key.Sign("text"u8, hex);
        return Encoding.ASCII.GetString(hex);
    }
}

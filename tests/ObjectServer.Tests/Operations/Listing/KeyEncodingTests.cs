using System.Net;
using System.Text;
using CsCheck;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Operations.Listing;

namespace ObjectServer.Tests.Operations.Listing;

public sealed class KeyEncodingTests
{
    [Theory]
    [InlineData("a b.txt", "a%20b.txt")]
    [InlineData("a+b.txt", "a%2Bb.txt")]
    [InlineData("100%.csv", "100%25.csv")]
    [InlineData("한글/x.txt", "%ED%95%9C%EA%B8%80/x.txt")]
    [InlineData("test_file(3).png", "test_file%283%29.png")]
    [InlineData("-_.*/~", "-_.*/%7E")]
    [InlineData("\u0001", "%01")]
    public void Url_encoding_escapes_all_but_slashes_and_safe_characters(string key, string shown) =>
        Assert.Equal(shown, new KeyEncoding(IsUrl: true).Show(key));

    [Fact]
    public void Without_encoding_keys_stay_as_they_are() =>
        Assert.Equal("a b+%/한", new KeyEncoding(IsUrl: false).Show("a b+%/한"));

    [Fact]
    public void What_is_encoded_decodes_to_the_key() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text =>
            WebUtility.UrlDecode(new KeyEncoding(IsUrl: true).Show(Encoding.UTF8.GetBytes(text))) == text);

    [Fact]
    public void Another_encoding_is_refused_by_name()
    {
        var refusal = Assert.Throws<S3Exception>(() => KeyEncoding.Parse(RawQuery.Parse("encoding-type=base64")));
        Assert.Equal("InvalidArgument", refusal.Error.Code);
        Assert.Equal("Invalid Encoding Method specified in Request", refusal.Error.Message);
        Assert.Contains(new("ArgumentValue", "base64"), refusal.Error.Details);
    }
}

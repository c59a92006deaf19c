using ObjectServer.Addressing;

namespace ObjectServer.Tests.Addressing;

public sealed class BucketNameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("123")]
    [InlineData("my-bucket")]
    [InlineData("my.dotted.bucket")]
    [InlineData("a.b-c")]
    [InlineData("1.2.3.4.5")]
    [InlineData("192.168.1.256")]
    [InlineData("xn-bucket")]
    [InlineData("012345678901234567890123456789012345678901234567890123456789012")]
    public void A_new_bucket_may_have_this_name(string name) => Assert.True(BucketName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("Abc")]
    [InlineData("a_c")]
    [InlineData("a c")]
    [InlineData("a/c")]
    [InlineData("äbc")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData(".abc")]
    [InlineData("abc.")]
    [InlineData("a..b")]
    [InlineData("a-.b")]
    [InlineData("a.-b")]
    [InlineData("192.168.5.4")]
    [InlineData("xn--bucket")]
    [InlineData("sthree-bucket")]
    [InlineData("sthree-configurator")]
    [InlineData("amzn-s3-demo-bucket")]
    [InlineData("bucket-s3alias")]
    [InlineData("bucket--ol-s3")]
    [InlineData("bucket.mrap")]
    [InlineData("bucket--x-s3")]
    [InlineData("bucket--table-s3")]
    public void A_new_bucket_may_not_have_this_name(string name) => Assert.False(BucketName.IsValid(name));

    [Theory]
    [InlineData("Old_Bucket.Name", true)]
    [InlineData("xn--bucket", true)]
    [InlineData("192.168.5.4", true)]
    [InlineData("ab", false)]
    [InlineData("a/c", false)]
    [InlineData("a\0c", false)]
    [InlineData("äbc", false)]
    public void A_request_may_ask_for_names_that_were_possible_once(string name, bool expected) =>
        Assert.Equal(expected, BucketName.IsAddressable(name));

    [Fact]
    public void A_name_of_more_than_255_characters_was_never_possible()
    {
        Assert.True(BucketName.IsAddressable(new string('a', 255)));
        Assert.False(BucketName.IsAddressable(new string('a', 256)));
    }
}

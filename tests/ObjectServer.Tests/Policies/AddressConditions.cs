namespace ObjectServer.Tests.Policies;

/// <summary>Addresses and ARNs.</summary>
public sealed class AddressConditions
{
    [Theory]
    [InlineData("IpAddress", "'203.0.113.0/24'", "203.0.113.0", true)]
    [InlineData("IpAddress", "'203.0.113.0/24'", "203.0.113.255", true)]
    [InlineData("IpAddress", "'203.0.113.0/24'", "203.0.114.0", false)]
    [InlineData("IpAddress", "'203.0.113.77/24'", "203.0.113.1", true)]
    [InlineData("IpAddress", "'203.0.113.5'", "203.0.113.5", true)]
    [InlineData("IpAddress", "'203.0.113.5'", "203.0.113.6", false)]
    [InlineData("IpAddress", "'203.0.113.5/32'", "203.0.113.5", true)]
    [InlineData("IpAddress", "'0.0.0.0/0'", "198.51.100.1", true)]
    [InlineData("IpAddress", "'0.0.0.0/0'", "2001:db8::1", false)]
    [InlineData("IpAddress", "'10.0.0.0/9'", "10.127.0.1", true)]
    [InlineData("IpAddress", "'10.0.0.0/9'", "10.128.0.1", false)]
    [InlineData("IpAddress", "'203.0.113.0/33'", "203.0.113.0", false)]
    [InlineData("IpAddress", "'203.0.113/24'", "203.0.113.0", false)]
    [InlineData("IpAddress", "'203.0.113.*'", "203.0.113.0", false)]
    [InlineData("IpAddress", "'203.0.113.0/24'", "localhost", false)]
    [InlineData("IpAddress", "'203.0.113.0/24'", null, false)]
    [InlineData("IpAddress", "['192.0.2.0/24','203.0.113.0/24']", "203.0.113.9", true)]
    [InlineData("IpAddress", "'2001:DB8:1234:5678::/64'", "2001:db8:1234:5678::1", true)]
    [InlineData("IpAddress", "'2001:DB8:1234:5678::/64'", "2001:db8:1234:5679::1", false)]
    [InlineData("IpAddress", "'2001:DB8:1234:5678::/64'", "203.0.113.1", false)]
    [InlineData("IpAddress", "'2001:db8::1'", "2001:db8:0:0:0:0:0:1", true)]
    [InlineData("IpAddress", "'::/0'", "2001:db8::1", true)]
    [InlineData("IpAddress", "'::/0'", "203.0.113.1", false)]
    [InlineData("IpAddress", "'203.0.113.0/24'", "::ffff:203.0.113.7", true)]
    [InlineData("IpAddress", "'::ffff:203.0.113.0/120'", "203.0.113.7", true)]
    [InlineData("IpAddress", "'::ffff:203.0.113.0/120'", "203.0.114.7", false)]
    [InlineData("IpAddress", "'::ffff:203.0.113.0/24'", "203.0.113.7", false)]
    [InlineData("IpAddress", "'2001:db8::1/129'", "2001:db8::1", false)]
    [InlineData("IpAddressIfExists", "'203.0.113.0/24'", null, true)]
    [InlineData("NotIpAddress", "'203.0.113.0/24'", "203.0.113.7", false)]
    [InlineData("NotIpAddress", "'203.0.113.0/24'", "198.51.100.7", true)]
    [InlineData("NotIpAddress", "'203.0.113.0/24'", "2001:db8::1", true)]
    [InlineData("NotIpAddress", "['203.0.113.0/24','198.51.100.0/24']", "198.51.100.7", false)]
    [InlineData("NotIpAddress", "'203.0.113.0/24'", null, true)]
    public void Addresses(string condition, string values, string? address, bool holds) => Assert.Equal(
        holds,
        Scene.Holds(
            $"{{'{condition}':{{'aws:SourceIp':{values}}}}}", address is null ? "" : $"aws:SourceIp={address}"));

    [Theory]
    [InlineData("ArnEquals", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:topic", true)]
    [InlineData("ArnEquals", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:us-east-1:111122223333:Topic", false)]
    [InlineData("ArnEquals", "arn:aws:sns:*:111122223333:t*", "arn:aws:sns:us-east-1:111122223333:topic", true)]
    [InlineData("ArnLike", "arn:aws:sns:*:111122223333:t?pic", "arn:aws:sns:us-east-1:111122223333:topic", true)]
    [InlineData("ArnLike", "arn:aws:x:*:111122223333:finance/*", "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", false)]
    [InlineData("StringLike", "arn:aws:x:*:111122223333:finance/*", "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", true)]
    [InlineData("ArnLike", "arn:aws:s3:::bucket*", "arn:aws:s3:::bucket-a/key:with:colons", true)]
    [InlineData("ArnLike", "arn:*:s3:*:*:*", "arn:aws:s3:::bucket", true)]
    [InlineData("ArnLike", "arn:aws:s3:::*", "arn:aws:iam::111122223333:user/a", false)]
    [InlineData("ArnLike", "arn:aws:s3*", "arn:aws:s3:::bucket", false)]
    [InlineData("ArnLike", "*", "arn:aws:s3:::bucket", true)]
    [InlineData("ArnLike", "*", "bucket", false)]
    [InlineData("ArnLike", "arn:aws:s3:::bucket", "bucket", false)]
    [InlineData("ArnLike", "arn:aws:s3:::bucket", null, false)]
    [InlineData("ArnLike", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/alice", true)]
    [InlineData("ArnLike", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:user/bob", false)]
    [InlineData("ArnLike", "arn:aws:iam::${aws:account}:user/a", "arn:aws:iam::111122223333:user/a", true)]
    [InlineData("ArnEquals", "${aws:self}", "arn:aws:iam::111122223333:user/alice", true)]
    [InlineData("ArnEquals", "${aws:none}", "arn:aws:iam::111122223333:user/alice", false)]
    [InlineData("ArnLikeIfExists", "arn:aws:s3:::bucket", null, true)]
    [InlineData("ArnNotEquals", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket", false)]
    [InlineData("ArnNotEquals", "arn:aws:s3:::bucket", "arn:aws:s3:::other", true)]
    [InlineData("ArnNotLike", "arn:aws:s3:::b*", "arn:aws:s3:::bucket", false)]
    [InlineData("ArnNotLike", "arn:aws:s3:::b*", "arn:aws:s3:::other", true)]
    [InlineData("ArnNotLike", "arn:aws:s3:::b*", null, true)]
    public void Arns(string condition, string value, string? arn, bool holds) => Assert.Equal(
        holds,
        Scene.Holds(
            $"{{'{condition}':{{'aws:SourceArn':'{value}'}}}}",
            "aws:username=alice; aws:account=111122223333; aws:self=arn:aws:iam::111122223333:user/alice"
                + (arn is null ? "" : $"; aws:SourceArn={arn}")));
}

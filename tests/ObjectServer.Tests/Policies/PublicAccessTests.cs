using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status</summary>
public sealed class PublicAccessTests
{
    [Theory]
    [InlineData("*", "{}", true)]
    [InlineData("AWS=*", "{}", true)]
    [InlineData("Federated=graph.facebook.com", "{}", true)]
    [InlineData("AWS=444455556666", "{}", false)]
    [InlineData("AWS=arn:aws:iam::444455556666:user/bob", "{}", false)]
    [InlineData("AWS=arn:aws:iam::444455556666:role/robot", "{}", false)]
    [InlineData("Service=cloudtrail.amazonaws.com", "{}", false)]
    [InlineData("CanonicalUser=4444444444444444444444444444444444444444444444444444444444444444", "{}", false)]
    [InlineData("AWS=444455556666|AWS=*", "{}", true)]
    [InlineData("not:AWS=444455556666", "{}", true)]
    [InlineData("*", "{'StringLike':{'aws:SourceVpc':'vpc-*'}}", true)]
    [InlineData("*", "{'StringEquals':{'aws:SourceVpc':'vpc-91237329'}}", false)]
    [InlineData("*", "{'StringLike':{'aws:SourceVpc':'vpc-91237329'}}", false)]
    [InlineData("*", "{'StringEquals':{'AWS:sourcevpc':'vpc-91237329'}}", false)]
    [InlineData("*", "{'StringEquals':{'aws:SourceVpc':['vpc-1','vpc-2']}}", false)]
    [InlineData("*", "{'StringLike':{'aws:SourceVpc':['vpc-1','vpc-*']}}", true)]
    [InlineData("*", "{'StringNotEquals':{'aws:SourceVpc':'vpc-91237329'}}", true)]
    [InlineData("*", "{'StringEqualsIfExists':{'aws:SourceVpc':'vpc-91237329'}}", true)]
    [InlineData("*", "{'ForAllValues:StringEquals':{'aws:SourceVpc':'vpc-91237329'}}", true)]
    [InlineData("*", "{'ForAnyValue:StringEquals':{'aws:PrincipalOrgPaths':'o-1/r-1/'}}", false)]
    [InlineData("*", "{'StringEquals':{'aws:SourceVpce':'vpce-1'}}", false)]
    [InlineData("*", "{'StringEquals':{'aws:PrincipalOrgID':'o-1'}}", false)]
    [InlineData("*", "{'StringLike':{'aws:PrincipalOrgID':'o-*'}}", true)]
    [InlineData("*", "{'StringEquals':{'aws:PrincipalOrgID':'${aws:x}'}}", true)]
    [InlineData("*", "{'StringEquals':{'aws:SourceAccount':'444455556666'}}", false)]
    [InlineData("*", "{'StringEquals':{'aws:SourceOwner':'444455556666'}}", false)]
    [InlineData("*", "{'ArnEquals':{'aws:SourceArn':'arn:aws:sns:us-east-1:444455556666:topic'}}", false)]
    [InlineData("*", "{'ArnLike':{'aws:SourceArn':'arn:aws:sns:us-east-1:444455556666:*'}}", true)]
    [InlineData("*", "{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::444455556666:role/robot'}}", false)]
    [InlineData("*", "{'StringEquals':{'aws:userid':'AROAEXAMPLEID:session'}}", false)]
    [InlineData("*", "{'StringLike':{'aws:userid':'AROAEXAMPLEID:*'}}", true)]
    [InlineData("*", "{'StringEquals':{'s3:x-amz-server-side-encryption-aws-kms-key-id':'arn:aws:kms:us-east-1:444455556666:key/1'}}", false)]
    [InlineData("*", "{'StringEquals':{'s3:DataAccessPointAccount':'444455556666'}}", false)]
    [InlineData("*", "{'ArnLike':{'s3:DataAccessPointArn':'arn:aws:s3:us-west-2:444455556666:accesspoint/*'}}", false)]
    [InlineData("*", "{'StringLike':{'s3:DataAccessPointArn':'arn:aws:s3:us-west-2:444455556666:accesspoint/a'}}", false)]
    [InlineData("*", "{'ArnLike':{'s3:DataAccessPointArn':'arn:aws:s3:us-west-2:*:accesspoint/*'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}", false)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'203.0.113.7'}}", false)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'11.0.0.0/8'}}", false)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}", false)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'0.0.0.0/1'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'12.0.0.0/7'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'0.0.0.0/0'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'2001:db8::/32'}}", false)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'2001:d00::/24'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':['203.0.113.0/24','::/0']}}", true)]
    [InlineData("*", "{'NotIpAddress':{'aws:SourceIp':'203.0.113.0/24'}}", true)]
    [InlineData("*", "{'IpAddress':{'aws:SourceIp':'everywhere'}}", true)]
    [InlineData("*", "{'StringLike':{'aws:Referer':'http://example.com/'}}", true)]
    [InlineData("*", "{'Bool':{'aws:SecureTransport':'true'}}", true)]
    [InlineData("*", "{'Null':{'aws:SourceVpc':'false'}}", true)]
    [InlineData("*", "{'StringEquals':{'aws:SourceVpc':'vpc-1'},'StringLike':{'aws:Referer':'*'}}", false)]
    public void A_statement_is_public(string principals, string condition, bool isPublic) => Assert.Equal(
        isPublic,
        PublicAccess.IsPublic(Scene.Document(PolicyKind.Resource, $"Allow for {principals} s3:PutObject on * if {condition}")));

    [Fact]
    public void One_public_statement_makes_the_policy_public()
    {
        var policy = Scene.Document(
            PolicyKind.Resource,
            "Allow for Service=cloudtrail.amazonaws.com s3:* on * + Allow for AWS=444455556666 s3:* on * + Allow for * s3:* on *");
        Assert.Equal(2, PublicAccess.FirstPublicStatement(policy)!.Index);
    }

    [Fact]
    public void A_denial_is_not_public() =>
        Assert.False(PublicAccess.IsPublic(Scene.Document(PolicyKind.Resource, "Deny for * s3:* on *")));
}

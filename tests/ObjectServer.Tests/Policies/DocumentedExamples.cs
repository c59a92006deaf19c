namespace ObjectServer.Tests.Policies;

/// <summary>Policies of AWS's own pages, as they are said to decide.</summary>
public sealed class DocumentedExamples
{
    /// <summary>
    /// A user who may do all to one bucket and nothing to logs, and a bucket that is granted to the user.
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
    /// </summary>
    [Theory]
    [InlineData("s3:PutObject", "carlossalazar-logs/file", "DenyStatement 2")]
    [InlineData("s3:PutObject", "carlossalazar/file", "ResourcePolicy 0")]
    [InlineData("s3:PutObject", "carlossalazar/logs/file", "DenyStatement 2")]
    [InlineData("s3:ListBucket", "carlossalazar", "ResourcePolicy 0")]
    [InlineData("s3:GetBucketLocation", "another", "IdentityPolicy 0")]
    [InlineData("s3:GetObject", "another/file", "NoIdentityAllow")]
    public void Identity_and_resource(string action, string resource, string expected) => Assert.Equal(expected, new Scene
    {
        Action = action,
        Resource = resource,
        Identity = "Allow s3:GetBucketLocation|s3:GetAccountPublicAccessBlock|s3:ListAccessPoints|s3:ListAllMyBuckets on * + "
            + "Allow s3:* on carlossalazar/*|carlossalazar + Deny s3:* on arn:aws:s3:::*log*",
        Bucket = "Allow for AWS=arn:aws:iam::111122223333:user/staff/alice s3:* on carlossalazar/*|carlossalazar",
    }.Decide());

    /// <summary>Across accounts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html</summary>
    [Theory]
    [InlineData("Production/file", "BothAccounts 0")]
    [InlineData("Production-logs/file", "DenyStatement 2")]
    [InlineData("Staging/file", "NoResourceAllow")]
    public void Across_accounts(string resource, string expected) => Assert.Equal(expected, new Scene
    {
        Caller = "bob",
        Action = "s3:PutObject",
        Resource = resource,
        Identity = "Allow s3:ListAllMyBuckets on * + Allow s3:*Object* on Production/* + Deny s3:* on *log*|*log*/*",
        Bucket = "Allow for AWS=arn:aws:iam::444455556666:user/bob s3:GetObject*|s3:PutObject* on Production/*",
    }.Decide());

    /// <summary>Explicit and implicit denials.</summary>
    [Theory]
    [InlineData("iam:GetUser", "IdentityPolicy 0")]
    [InlineData("iam:ListUsers", "IdentityPolicy 0")]
    [InlineData("iam:CreatePolicy", "NoIdentityAllow")]
    [InlineData("iam:GetOrganizationsAccessReport", "DenyStatement 1")]
    [InlineData("iam:GenerateCredentialReport", "DenyStatement 1")]
    public void Explicit_and_implicit(string action, string expected) => Assert.Equal(expected, new Scene
    {
        Action = action,
        Resource = "*",
        Identity = "Allow iam:Get*|iam:List* on * + Deny iam:*Report on *",
    }.Decide());

    /// <summary>A home directory for each user: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_home-directory-console.html</summary>
    [Theory]
    [InlineData("s3:ListAllMyBuckets", "*", "", "IdentityPolicy 0")]
    [InlineData("s3:ListBucket", "bucket", "s3:prefix=", "IdentityPolicy 1")]
    [InlineData("s3:ListBucket", "bucket", "s3:prefix=home/", "IdentityPolicy 1")]
    [InlineData("s3:ListBucket", "bucket", "s3:prefix=home/alice/", "IdentityPolicy 1")]
    [InlineData("s3:ListBucket", "bucket", "s3:prefix=home/alice/deep/", "IdentityPolicy 1")]
    [InlineData("s3:ListBucket", "bucket", "s3:prefix=home/bob/", "NoIdentityAllow")]
    [InlineData("s3:ListBucket", "bucket", "", "NoIdentityAllow")]
    [InlineData("s3:PutObject", "bucket/home/alice/a", "", "IdentityPolicy 2")]
    [InlineData("s3:GetObject", "bucket/home/alice", "", "IdentityPolicy 2")]
    [InlineData("s3:GetObject", "bucket/home/alicea", "", "NoIdentityAllow")]
    [InlineData("s3:GetObject", "bucket/home/bob/a", "", "NoIdentityAllow")]
    public void Home_directories(string action, string resource, string keys, string expected) => Assert.Equal(
        expected,
        new Scene
        {
            Action = action,
            Resource = resource,
            Keys = $"aws:username=alice; {keys}",
            Identity = "Allow s3:ListAllMyBuckets|s3:GetBucketLocation on * + "
                + "Allow s3:ListBucket on bucket if {'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}} + "
                + "Allow s3:* on bucket/home/${aws:username}|bucket/home/${aws:username}/*",
        }.Decide());

    /// <summary>Nothing without TLS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html</summary>
    [Theory]
    [InlineData("aws:SecureTransport=true", "ResourcePolicy 0")]
    [InlineData("aws:SecureTransport=false", "DenyStatement 1")]
    public void Secure_transport(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Keys = keys,
        Bucket = "Allow for AWS=* s3:GetObject on bucket/* + "
            + "Deny for * s3:* on bucket|bucket/* if {'Bool':{'aws:SecureTransport':'false'}}",
    }.Decide());

    /// <summary>Uploads must be encrypted with KMS.</summary>
    [Theory]
    [InlineData("s3:x-amz-server-side-encryption=aws:kms", "IdentityPolicy 0")]
    [InlineData("s3:x-amz-server-side-encryption=AES256", "DenyStatement 0")]
    [InlineData("", "DenyStatement 0")]
    public void Encryption_is_demanded(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Action = "s3:PutObject",
        Keys = keys,
        Identity = "Allow s3:* on *",
        Bucket = "Deny for * s3:PutObject on bucket/* if {'StringNotEquals':{'s3:x-amz-server-side-encryption':'aws:kms'}}",
    }.Decide());

    /// <summary>The owner must get control: a grant by header is demanded of another account's uploads.</summary>
    [Theory]
    [InlineData("s3:x-amz-acl=bucket-owner-full-control", "BothAccounts 0")]
    [InlineData("s3:x-amz-acl=private", "NoResourceAllow")]
    [InlineData("", "NoResourceAllow")]
    public void Full_control_is_demanded(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Caller = "bob",
        Action = "s3:PutObject",
        Keys = keys,
        Identity = "Allow s3:PutObject on bucket/*",
        Bucket = "Allow for AWS=444455556666 s3:PutObject on bucket/* if {'StringEquals':{'s3:x-amz-acl':'bucket-owner-full-control'}}",
    }.Decide());

    /// <summary>Only certain addresses.</summary>
    [Theory]
    [InlineData("192.0.2.7", "IdentityPolicy 0")]
    [InlineData("192.0.2.188", "DenyStatement 0")]
    [InlineData("203.0.113.1", "DenyStatement 0")]
    [InlineData("2001:db8:1234:5678::1", "IdentityPolicy 0")]
    [InlineData("2001:db8:9999::1", "DenyStatement 0")]
    public void Certain_addresses(string address, string expected) => Assert.Equal(expected, new Scene
    {
        Keys = $"aws:SourceIp={address}",
        Identity = "Allow s3:* on *",
        Bucket = "Deny for * s3:* on bucket/* if {'NotIpAddress':{'aws:SourceIp':['192.0.2.0/25','2001:DB8:1234:5678::/64']}}",
    }.Decide());

    /// <summary>Pages that may show an image.</summary>
    [Theory]
    [InlineData("aws:Referer=http://www.example.com/page", "ResourcePolicy 0")]
    [InlineData("aws:Referer=http://example.com/", "ResourcePolicy 0")]
    [InlineData("aws:Referer=http://evil.example/", "NoResourceAllow")]
    [InlineData("", "NoResourceAllow")]
    public void Referers(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Caller = "anonymous",
        Keys = keys,
        Bucket = "Allow for * s3:GetObject|s3:GetObjectVersion on bucket/* "
            + "if {'StringLike':{'aws:Referer':['http://www.example.com/*','http://example.com/*']}}",
    }.Decide());

    /// <summary>MFA that is missing or old. Without the key there is no MFA at all.</summary>
    [Theory]
    [InlineData("aws:MultiFactorAuthAge=100", "IdentityPolicy 0")]
    [InlineData("aws:MultiFactorAuthAge=3601", "DenyStatement 1")]
    [InlineData("", "DenyStatement 0")]
    public void Mfa(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Keys = keys,
        Identity = "Allow s3:* on *",
        Bucket = "Deny for * s3:* on bucket/* if {'Null':{'aws:MultiFactorAuthAge':true}} + "
            + "Deny for * s3:* on bucket/* if {'NumericGreaterThan':{'aws:MultiFactorAuthAge':3600}}",
    }.Decide());

    /// <summary>Some tags and no other: https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html</summary>
    [Theory]
    [InlineData("s3:RequestObjectTagKeys=[Owner|CreationDate]", "IdentityPolicy 0")]
    [InlineData("s3:RequestObjectTagKeys=[Owner]", "IdentityPolicy 0")]
    [InlineData("s3:RequestObjectTagKeys=[Owner|Other]", "NoIdentityAllow")]
    [InlineData("s3:RequestObjectTagKeys=[]", "IdentityPolicy 0")]
    public void Tag_keys(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Action = "s3:PutObjectTagging",
        Keys = keys,
        Identity = "Allow s3:PutObjectTagging on bucket/* if {'ForAllValues:StringLike':{'s3:RequestObjectTagKeys':['Owner','CreationDate']}}",
    }.Decide());

    /// <summary>Tag keys and a value that must be there too.</summary>
    [Theory]
    [InlineData("s3:RequestObjectTagKeys=[Project|Owner]; s3:RequestObjectTag/Project=X", "IdentityPolicy 0")]
    [InlineData("s3:RequestObjectTagKeys=[Owner]", "NoIdentityAllow")]
    [InlineData("s3:RequestObjectTagKeys=[Project]; s3:RequestObjectTag/Project=Y", "NoIdentityAllow")]
    [InlineData("s3:RequestObjectTagKeys=[]", "NoIdentityAllow")]
    public void A_tag_that_is_demanded(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Action = "s3:PutObjectTagging",
        Keys = keys,
        Identity = "Allow s3:PutObjectTagging on bucket/* if "
            + "{'ForAnyValue:StringEquals':{'s3:RequestObjectTagKeys':'Project'},'StringEquals':{'s3:RequestObjectTag/Project':'X'}}",
    }.Decide());

    /// <summary>Attributes that may be asked for: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html</summary>
    [Theory]
    [InlineData("[Message|Tags]", true)]
    [InlineData("[ID|Message|Tags]", true)]
    [InlineData("[UserName|Message]", false)]
    public void Attributes(string attributes, bool holds) => Assert.Equal(holds, Scene.Holds(
        "{'ForAllValues:StringEquals':{'dynamodb:Attributes':['ID','Message','Tags']}}", $"dynamodb:Attributes={attributes}"));

    /// <summary>Attributes that may not.</summary>
    [Theory]
    [InlineData("[PostDateTime|Message]", true)]
    [InlineData("[UserName]", false)]
    [InlineData("[UserName|Message|PostDateTime]", true)]
    public void Forbidden_attributes(string attributes, bool holds) => Assert.Equal(holds, Scene.Holds(
        "{'ForAnyValue:StringEquals':{'dynamodb:Attributes':['ID','PostDateTime']}}", $"dynamodb:Attributes={attributes}"));

    /// <summary>At most ten keys a page.</summary>
    [Theory]
    [InlineData("10", "IdentityPolicy 0")]
    [InlineData("11", "NoIdentityAllow")]
    public void Max_keys(string maxKeys, string expected) => Assert.Equal(expected, new Scene
    {
        Action = "s3:ListBucket",
        Resource = "bucket",
        Keys = $"s3:max-keys={maxKeys}",
        Identity = "Allow s3:ListBucket on bucket if {'NumericLessThanEquals':{'s3:max-keys':'10'}}",
    }.Decide());

    /// <summary>Only what an access tag matches: attributes of the caller and of the object.</summary>
    [Theory]
    [InlineData("aws:PrincipalTag/Team=red; s3:ExistingObjectTag/Team=red", "IdentityPolicy 0")]
    [InlineData("aws:PrincipalTag/Team=red; s3:ExistingObjectTag/Team=blue", "DenyStatement 1")]
    [InlineData("aws:PrincipalTag/Team=red", "DenyStatement 1")]
    [InlineData("s3:ExistingObjectTag/Team=red", "IdentityPolicy 0")]
    public void Tags_of_caller_and_object(string keys, string expected) => Assert.Equal(expected, new Scene
    {
        Keys = keys,
        Identity = "Allow s3:* on * + Deny s3:GetObject on * if {'StringNotEquals':{'s3:ExistingObjectTag/Team':'${aws:PrincipalTag/Team}'}}",
    }.Decide());
}

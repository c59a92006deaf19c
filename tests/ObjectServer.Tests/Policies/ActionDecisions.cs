namespace ObjectServer.Tests.Policies;

/// <summary>Action and NotAction. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html</summary>
public sealed class ActionDecisions
{
    [Theory]
    [InlineData("s3:GetObject", "s3:GetObject", true)]
    [InlineData("s3:getobject", "s3:GetObject", true)]
    [InlineData("S3:GETOBJECT", "s3:GetObject", true)]
    [InlineData("s3:GetObject", "s3:getObject", true)]
    [InlineData("s3:GetObject", "s3:GetObjectAcl", false)]
    [InlineData("s3:GetObjectAcl", "s3:GetObject", false)]
    [InlineData("s3:PutObject", "s3:GetObject", false)]
    [InlineData("s3:*", "s3:GetObject", true)]
    [InlineData("s3:*", "s3:ListAllMyBuckets", true)]
    [InlineData("s3:*", "iam:GetUser", false)]
    [InlineData("iam:*", "s3:GetObject", false)]
    [InlineData("*", "s3:GetObject", true)]
    [InlineData("*", "iam:CreateUser", true)]
    [InlineData("*:*", "sts:AssumeRole", true)]
    [InlineData("s3:Get*", "s3:GetObject", true)]
    [InlineData("s3:Get*", "s3:GetBucketPolicy", true)]
    [InlineData("s3:Get*", "s3:PutObject", false)]
    [InlineData("s3:get*", "s3:GetObject", true)]
    [InlineData("s3:*Object", "s3:DeleteObject", true)]
    [InlineData("s3:*Object", "s3:DeleteObjectVersion", false)]
    [InlineData("s3:*Object*", "s3:DeleteObjectVersion", true)]
    [InlineData("s3:*object*", "s3:RestoreObject", true)]
    [InlineData("s3:???Object", "s3:GetObject", true)]
    [InlineData("s3:???Object", "s3:PutObject", true)]
    [InlineData("s3:???Object", "s3:DeleteObject", false)]
    [InlineData("s3:?*", "s3:GetObject", true)]
    [InlineData("s3:Get?bject", "s3:GetObject", true)]
    [InlineData("s3:GetObject?", "s3:GetObject", false)]
    [InlineData("s3:G*t*", "s3:GetBucketLocation", true)]
    [InlineData("s3:G*X*", "s3:GetBucketLocation", false)]
    [InlineData("iam:*AccessKey*", "iam:CreateAccessKey", true)]
    [InlineData("iam:*AccessKey*", "iam:ListAccessKeys", true)]
    [InlineData("iam:*AccessKey*", "iam:CreateUser", false)]
    [InlineData("s3:PutObject|s3:GetObject", "s3:GetObject", true)]
    [InlineData("s3:PutObject|s3:DeleteObject", "s3:GetObject", false)]
    [InlineData("not:s3:GetObject", "s3:GetObject", false)]
    [InlineData("not:s3:getobject", "s3:GetObject", false)]
    [InlineData("not:s3:GetObject", "s3:PutObject", true)]
    [InlineData("not:s3:Get*", "s3:GetBucketPolicy", false)]
    [InlineData("not:s3:Get*|s3:Put*", "s3:PutObject", false)]
    [InlineData("not:s3:Get*|s3:Put*", "s3:DeleteObject", true)]
    [InlineData("not:iam:*", "s3:GetObject", true)]
    [InlineData("not:iam:*", "iam:GetUser", false)]
    [InlineData("not:*", "s3:GetObject", false)]
    public void Actions(string actions, string action, bool applies)
    {
        var scene = new Scene { Action = action, Resource = "*", Identity = $"Allow {actions} on *" };
        Assert.Equal(applies ? "IdentityPolicy 0" : "NoIdentityAllow", scene.Decide());

        var denying = scene with { Identity = $"Allow * on * + Deny {actions} on *" };
        Assert.Equal(applies ? "DenyStatement 1" : "IdentityPolicy 0", denying.Decide());
    }
}

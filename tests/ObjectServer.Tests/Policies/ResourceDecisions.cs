namespace ObjectServer.Tests.Policies;

/// <summary>Resource and NotResource. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html</summary>
public sealed class ResourceDecisions
{
    [Theory]
    [InlineData("*", "bucket/key", true)]
    [InlineData("*", "*", true)]
    [InlineData("bucket/key", "bucket/key", true)]
    [InlineData("bucket/key", "bucket/Key", false)]
    [InlineData("bucket/key", "bucket/key2", false)]
    [InlineData("bucket", "bucket/key", false)]
    [InlineData("bucket", "bucket", true)]
    [InlineData("bucket/*", "bucket", false)]
    [InlineData("bucket/*", "bucket/", true)]
    [InlineData("bucket/*", "bucket/key", true)]
    [InlineData("bucket/*", "bucket/a/b/c", true)]
    [InlineData("bucket/*", "bucket2/key", false)]
    [InlineData("bucket*", "bucket2/key", true)]
    [InlineData("bucket*", "bucket", true)]
    [InlineData("*", "arn:aws:iam::111122223333:user/alice", true)]
    [InlineData("arn:aws:s3:::*", "bucket/key", true)]
    [InlineData("arn:aws:s3:::*", "arn:aws:iam::111122223333:user/alice", false)]
    [InlineData("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/eva", true)]
    [InlineData("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/eva", false)]
    [InlineData("arn:aws:iam::*:user/eva", "arn:aws:iam::111122223333:user/eva", true)]
    [InlineData("arn:aws:iam::1111????3333:user/eva", "arn:aws:iam::111122223333:user/eva", true)]
    // Over the whole of the text: a star takes colons and slashes alike.
    [InlineData("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:111122223333:queue", true)]
    [InlineData("arn:aws:sqs:us-west-2:*", "arn:aws:sqs:us-east-1:111122223333:queue", false)]
    [InlineData("arn:aws:sqs:*:*:queue", "arn:aws:sqs:us-east-1:111122223333:queue", true)]
    [InlineData("arn:aws:sqs:*:*:*", "arn:aws:sqs:us-east-1:111122223333:a:b:queue", true)]
    [InlineData("bucket/*/test/*", "bucket/1/test/object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1/2/test/object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1/2/test/3/object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1/2/3/test/4/object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1///test///object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1/test/.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket//test/object.jpg", true)]
    [InlineData("bucket/*/test/*", "bucket/1/test/", true)]
    [InlineData("bucket/*/test/*", "bucket/1-test/object.jpg", false)]
    [InlineData("bucket/*/test/*", "bucket/test/object.jpg", false)]
    [InlineData("bucket/*/test/*", "bucket/1/2/test.jpg", false)]
    [InlineData("bucket/?", "bucket/a", true)]
    [InlineData("bucket/?", "bucket/", false)]
    [InlineData("bucket/?", "bucket/ab", false)]
    [InlineData("bucket/?", "bucket/😀", true)]
    [InlineData("bucket/??", "bucket/😀", false)]
    [InlineData("bucket/a?c*", "bucket/abcdef", true)]
    [InlineData("bucket/*.jpg", "bucket/a.jpg", true)]
    [InlineData("bucket/*.jpg", "bucket/a.jpg.png", false)]
    [InlineData("bucket/*.jpg", "bucket/a.jpg.jpg", true)]
    [InlineData("bucket/**", "bucket/a", true)]
    [InlineData("bucket/a b", "bucket/a b", true)]
    [InlineData("bucket/[a]", "bucket/a", false)]
    [InlineData("bucket/[a]", "bucket/[a]", true)]
    [InlineData("bucket/a.c", "bucket/abc", false)]
    [InlineData("bucket/\\*", "bucket/\\x", true)]
    [InlineData("other/*|bucket/*", "bucket/key", true)]
    [InlineData("other/*|third/*", "bucket/key", false)]
    [InlineData("not:bucket/*", "bucket/key", false)]
    [InlineData("not:bucket/*", "bucket", true)]
    [InlineData("not:bucket|bucket/*", "bucket", false)]
    [InlineData("not:bucket|bucket/*", "other", true)]
    [InlineData("not:*", "bucket/key", false)]
    [InlineData("arn:aws-cn:s3:::bucket/*", "bucket/key", false)]
    [InlineData("arn:*:s3:::bucket/*", "bucket/key", true)]
    public void Resources(string resources, string resource, bool applies)
    {
        var scene = new Scene { Resource = resource, Identity = $"Allow s3:* on {resources}" };
        Assert.Equal(applies ? "IdentityPolicy 0" : "NoIdentityAllow", scene.Decide());

        var denying = scene with { Identity = $"Allow s3:* on * + Deny s3:* on {resources}" };
        Assert.Equal(applies ? "DenyStatement 1" : "IdentityPolicy 0", denying.Decide());
    }
}

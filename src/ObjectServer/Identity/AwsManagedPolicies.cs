using System.Collections.Frozen;

namespace ObjectServer.Identity;

/// <summary>
/// The policies that every account finds under AWS's own ARNs, as far as they say anything of S3 and IAM.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html</remarks>
internal static class AwsManagedPolicies
{
    /// <summary>When AWS made the oldest of them; all that a client can do with a date is to show it.</summary>
    private static readonly DateTimeOffset Made = new(2015, 2, 6, 18, 39, 46, TimeSpan.Zero);

    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<ManagedPolicy> All { get; } =
    [
        Make("AdministratorAccess", "ANPAAAAAAAAAAAAAAAAA2", "Everything.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }]
            }
            """),
        Make("AmazonS3FullAccess", "ANPAAAAAAAAAAAAAAAAA3", "Everything in S3.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Action": ["s3:*", "s3-object-lambda:*"], "Resource": "*" }]
            }
            """),
        Make("AmazonS3ReadOnlyAccess", "ANPAAAAAAAAAAAAAAAAA4", "Reading and listing everything in S3.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
                  "Resource": "*"
                }
              ]
            }
            """),
        Make("IAMFullAccess", "ANPAAAAAAAAAAAAAAAAA5", "Everything in IAM.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Action": "iam:*", "Resource": "*" }]
            }
            """),
        Make("IAMReadOnlyAccess", "ANPAAAAAAAAAAAAAAAAA6", "Reading everything in IAM, and simulating policies.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": ["iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "iam:Simulate*"],
                  "Resource": "*"
                }
              ]
            }
            """),
        Make("IAMUserChangePassword", "ANPAAAAAAAAAAAAAAAAA7", "A user's change of its own password.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": "iam:ChangePassword",
                  "Resource": "arn:aws:iam::*:user/${aws:username}"
                },
                { "Effect": "Allow", "Action": "iam:GetAccountPasswordPolicy", "Resource": "*" }
              ]
            }
            """),
        Make("PowerUserAccess", "ANPAAAAAAAAAAAAAAAAAC", "Everything but IAM.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" },
                {
                  "Effect": "Allow",
                  "Action": ["account:GetAccountInformation", "iam:ListRoles", "organizations:DescribeOrganization"],
                  "Resource": "*"
                }
              ]
            }
            """),
        Make("ReadOnlyAccess", "ANPAAAAAAAAAAAAAAAAAD", "Reading everything in S3 and IAM.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": [
                    "iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "iam:Simulate*", "s3:Get*", "s3:List*",
                    "s3:Describe*", "sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"
                  ],
                  "Resource": "*"
                }
              ]
            }
            """),
        Make("SecurityAudit", "ANPAAAAAAAAAAAAAAAAAE", "Reading how S3 and IAM are configured, and no object.",
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": [
                    "iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "iam:Simulate*",
                    "s3:GetAccelerateConfiguration",
                    "s3:GetAccountPublicAccessBlock", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
                    "s3:GetLifecycleConfiguration", "s3:GetObjectAcl", "s3:GetObjectVersionAcl",
                    "s3:GetReplicationConfiguration", "s3:ListAllMyBuckets"
                  ],
                  "Resource": "*"
                }
              ]
            }
            """),
    ];

    private static readonly FrozenDictionary<string, ManagedPolicy> ByArn =
        All.ToFrozenDictionary(policy => policy.Arn, StringComparer.Ordinal);

    /// <summary>The policy of that ARN, or null.</summary>
    public static ManagedPolicy? Find(string arn) => ByArn.GetValueOrDefault(arn);

    private static ManagedPolicy Make(string name, string id, string description, string text) => new()
    {
        AccountId = ManagedPolicy.AwsAccount,
        Id = id,
        Name = name,
        Path = "/",
        Description = description,
        Created = Made,
        Updated = Made,
        Versions = [new(1, new(text), Made)],
        DefaultVersion = 1,
        NextVersion = 2,
    };
}

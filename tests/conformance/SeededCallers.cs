namespace ObjectServer.Conformance;

/// <summary>Who can send requests: the server of the suite has them from a seed file.</summary>
internal static class SeededCallers
{
    /// <summary>The root of <see cref="OtherAccount"/>.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Alt { get; } =
        (OtherAccount.AccessKeyId, OtherAccount.SecretAccessKey);

    /// <summary>A user of the other account that nothing was allowed.</summary>
    public static (string AccessKeyId, string SecretAccessKey) AltBare { get; } = ("ALTBARE", "alternate-bare-key");

    /// <summary>A user of the other account that may get every object.</summary>
    public static (string AccessKeyId, string SecretAccessKey) AltReader { get; } = ("ALTREADER", "alternate-reader-key");

    /// <summary>A user that nothing was allowed.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Bare { get; } = ("BARE", "bare-secret-key");

    /// <summary>A user that may get every object and list every bucket, by a policy of its own.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Reader { get; } = ("READER", "reader-secret-key");

    /// <summary>The reader's second key, which is switched off.</summary>
    public static (string AccessKeyId, string SecretAccessKey) ReaderOff { get; } = ("READEROFF", "reader-secret-off");

    /// <summary>A user in the group of those that may put what is incoming.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Writer { get; } = ("WRITER", "writer-secret-key");

    /// <summary>A user that may do everything to S3 but delete objects, and everything below <c>home/</c> and its name.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Keeper { get; } = ("KEEPER", "keeper-secret-key");

    /// <summary>A user that may do everything within a boundary that lets it read.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Bounded { get; } = ("BOUNDED", "bounded-secret-key");

    /// <summary>A user that may do anything below <c>home/</c> and its own name, and that has a tag.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Homely { get; } = ("HOMELY", "homely-secret-key");

    /// <summary>A user that may list the buckets of its account, by the ARN that AWS's examples give.</summary>
    public static (string AccessKeyId, string SecretAccessKey) Lister { get; } = ("LISTER", "lister-secret-key");

    /// <summary>The file.</summary>
    public static string SeedFile { get; } =
        $$$"""
        accounts:
          - id: "{{{ServerFixture.AccountId}}}"
            policies:
              - policyName: put-incoming
                path: /team/
                policyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::*/incoming/*"}}
            groups:
              - groupName: writers
                attachedPolicies: ["arn:aws:iam::{{{ServerFixture.AccountId}}}:policy/team/put-incoming"]
            users:
              - userName: bare
                {{{Keys(Bare)}}}
              - userName: reader
                path: /team/
                accessKeys:
                  - {accessKeyId: {{{Reader.AccessKeyId}}}, secretAccessKey: {{{Reader.SecretAccessKey}}} }
                  - {accessKeyId: {{{ReaderOff.AccessKeyId}}}, secretAccessKey: {{{ReaderOff.SecretAccessKey}}}, status: Inactive}
                policies:
                  - policyName: reads
                    policyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*"}}
              - userName: writer
                groups: [writers]
                {{{Keys(Writer)}}}
              - userName: keeper
                {{{Keys(Keeper)}}}
                attachedPolicies: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
                policies:
                  - policyName: keeps
                    policyDocument: {Version: "2012-10-17", Statement: {Effect: Deny, Action: "s3:DeleteObject*", Resource: "*"}}
              - userName: bounded
                {{{Keys(Bounded)}}}
                attachedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"]
                permissionsBoundary: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
              - userName: homely
                {{{Keys(Homely)}}}
                tags: [{key: team, value: red}]
                policies:
                  - policyName: home
                    policyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:*Object", Resource: "arn:aws:s3:::*/home/${aws:username}/*"}}
              - userName: lister
                {{{Keys(Lister)}}}
                policies:
                  - policyName: lists
                    policyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "arn:aws:s3:::*"}}
          - id: "{{{OtherAccount.Id}}}"
            name: {{{OtherAccount.Name}}}
            email: {{{OtherAccount.Email}}}
            {{{Keys(Alt)}}}
            users:
              - userName: bare
                {{{Keys(AltBare)}}}
              - userName: reader
                {{{Keys(AltReader)}}}
                policies:
                  - policyName: reads
                    policyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "*"}}
            roles:
              - roleName: backup
                assumeRolePolicyDocument: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::{{{ServerFixture.AccountId}}}:root"}, Action: "sts:AssumeRole"}}
                attachedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
        """;

    private static string Keys((string AccessKeyId, string SecretAccessKey) key) =>
        $"accessKeys: [{{accessKeyId: {key.AccessKeyId}, secretAccessKey: {key.SecretAccessKey}}}]";
}

using System.Text;
using BenchmarkDotNet.Attributes;
using ObjectServer.Policies;

namespace ObjectServer.Bench.Micro;

/// <summary>What a GET costs that policies decide, and what reading a policy costs.</summary>
public class PolicyDecisions
{
    private const string Account = "111122223333";
    private const string Resource = "arn:aws:s3:::documents/home/alice/2026/report.pdf";

    // Ten statements, of which the last one allows: the longest way.
    private static readonly byte[] Json = Encoding.UTF8.GetBytes(
        """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
          {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketAcl"], "Resource": "arn:aws:s3:::documents"},
          {"Effect": "Allow", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": "arn:aws:s3:::documents/*"},
          {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::photos/*"},
          {"Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::music/*", "arn:aws:s3:::*/public/*"]},
          {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/*",
           "Condition": {"StringEquals": {"s3:ExistingObjectTag/class": "open"}}},
          {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
          {"Effect": "Deny", "NotAction": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::documents/archive/*"},
          {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
           "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16", "fd00::/8"]}}},
          {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::documents/home/${aws:username}/*"}
        ]}
        """);

    private static readonly byte[] BucketJson = Encoding.UTF8.GetBytes(
        """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/*"}
        ]}
        """);

    private readonly byte[] _json = Json;

    private readonly PolicyPrincipal _user = PolicyPrincipal.User(Account, "", $"arn:aws:iam::{Account}:user/alice");

    private readonly ConditionTable _keys = new ConditionTable()
        .With("aws:username", "alice")
        .With("aws:SourceIp", "10.1.2.3")
        .With("aws:SecureTransport", "true");

    private readonly PolicySet _identity = new()
    {
        Identity = [new(PolicySource.UserInline, "p", "alice", PolicyDocument.Parse(Json, PolicyKind.Identity, 9999))],
    };

    private readonly PolicySet _public = new()
    {
        Resource = [new(PolicySource.Resource, "p", null, PolicyDocument.Parse(BucketJson, PolicyKind.Resource, 9999))],
    };

    /// <summary>A user whose ten statements decide.</summary>
    [Benchmark]
    public bool TenStatements() => Decide(_identity, _user, trace: null);

    /// <summary>The same, with a record of why.</summary>
    [Benchmark]
    public bool TenStatementsTraced() => Decide(_identity, _user, new());

    /// <summary>Nobody in particular, of a public bucket.</summary>
    [Benchmark]
    public bool PublicBucket() => Decide(_public, PolicyPrincipal.Anonymous, trace: null);

    /// <summary>Ten statements read and compiled.</summary>
    [Benchmark]
    public object Reading() => PolicyDocument.Parse(_json, PolicyKind.Identity, 9999);

    private bool Decide(PolicySet policies, PolicyPrincipal principal, PolicyTrace? trace) => PolicyDecision.Decide(
        policies,
        new()
        {
            Principal = principal,
            Action = "s3:GetObject",
            Resource = Resource,
            ResourceAccountId = Account,
            Conditions = _keys,
        },
        ResourceGrant.None,
        trace).IsAllowed;
}

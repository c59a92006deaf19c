using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Service;

/// <summary>GET /: the caller's buckets, in the order of their names.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html</remarks>
internal sealed class ListBuckets(BucketStore buckets, AccessRules rules) : S3Operation
{
    private const int MaxBuckets = 10_000;

    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Service);

    public override S3Action ActionFor(S3Target target) => S3Action.ListAllMyBuckets;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var prefix = request.Query.Find("prefix");
        var region = request.Query.Find("bucket-region");
        var token = request.Query.Find("continuation-token");
        var after = token is null ? "" : Encoding.UTF8.GetString(ContinuationToken.Read(token));
        var limit = ParseLimit(request.Query);

        // One bucket more than asked for tells whether there are more.
        var found = new List<BucketRecord>();
        var page = new BucketPage([], IsTruncated: true);
        while (found.Count <= limit && page.IsTruncated)
        {
            page = await buckets.ListAsync(prefix ?? "", after, limit + 1 - found.Count, cancellation);
            found.AddRange(page.Buckets.Where(bucket =>
                bucket.OwnerId == request.Caller.CanonicalId && (region is null || bucket.Region == region)));
            after = page.Buckets.IsEmpty ? after : page.Buckets[^1].Name;
        }

        return S3Response.Xml(Write);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListAllMyBucketsResult")
                .Account("Owner", request.Caller.CanonicalId, rules.Accounts)
                .Start("Buckets");
            foreach (var bucket in found.Take(limit))
            {
                xml.Start("Bucket")
                    .Element("Name", bucket.Name)
                    .Element("CreationDate", bucket.Created)
                    .Element("BucketRegion", bucket.Region)
                    .Element("BucketArn", $"arn:aws:s3:::{bucket.Name}")
                    .End("Bucket");
            }

            xml.End("Buckets");
            if (found.Count > limit)
            {
                var last = Encoding.UTF8.GetBytes(found[limit - 1].Name);
                xml.Element("ContinuationToken", ContinuationToken.After(last));
            }

            xml.Element("Prefix", prefix).End("ListAllMyBucketsResult");
        }
    }

    private static int ParseLimit(RawQuery query)
    {
        if (query.Find("max-buckets") is not { Length: > 0 } text)
        {
            return MaxBuckets;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= MaxBuckets
                ? limit
                : throw new S3Exception(S3Errors.InvalidArgument
                    .Saying($"Argument max-buckets must be an integer between 1 and {MaxBuckets}")
                    .With("ArgumentName", "max-buckets")
                    .With("ArgumentValue", text));
    }
}

using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Operations;
using ObjectServer.Routing;
using static Microsoft.AspNetCore.Http.HttpMethods;

namespace ObjectServer.Tests.Routing;

public sealed class OperationTableTests(ServedOperations served) : IClassFixture<ServedOperations>
{
    private static readonly (string Name, string Value) Account = ("x-amz-account-id", "000000000000");

    [Theory]
    [InlineData("GET", "/", "ListBuckets")]
    [InlineData("PUT", "/bucket", "CreateBucket")]
    [InlineData("GET", "/bucket", "ListObjects")]
    [InlineData("GET", "/bucket?list-type=2&prefix=a", "ListObjectsV2")]
    [InlineData("GET", "/bucket?versions&prefix=a", "ListObjectVersions")]
    [InlineData("GET", "/bucket?uploads", "ListMultipartUploads")]
    [InlineData("GET", "/bucket?location", "GetBucketLocation")]
    [InlineData("GET", "/bucket?tagging=", "GetBucketTagging")]
    [InlineData("POST", "/bucket?delete", "DeleteObjects")]
    [InlineData("HEAD", "/bucket", "HeadBucket")]
    [InlineData("GET", "/bucket/key", "GetObject")]
    [InlineData("GET", "/bucket/key?partNumber=2&versionId=x", "GetObject")]
    [InlineData("GET", "/bucket/key?uploadId=x", "ListParts")]
    [InlineData("HEAD", "/bucket/key?partNumber=2", "HeadObject")]
    [InlineData("PUT", "/bucket/key", "PutObject")]
    [InlineData("PUT", "/bucket/key?partNumber=1&uploadId=x", "UploadPart")]
    [InlineData("PUT", "/bucket/key?tagging", "PutObjectTagging")]
    [InlineData("PUT", "/bucket/key?renameObject", "RenameObject")]
    [InlineData("POST", "/bucket/key?uploads", "CreateMultipartUpload")]
    [InlineData("POST", "/bucket/key?uploadId=x", "CompleteMultipartUpload")]
    [InlineData("DELETE", "/bucket/key?uploadId=x", "AbortMultipartUpload")]
    [InlineData("DELETE", "/bucket/key?versionId=x", "DeleteObject")]
    public void Requests_find_their_operation(string method, string target, string operation) =>
        Assert.Equal(operation, Match(method, target).Row?.Name);

    [Theory]
    [InlineData("PUT", "/bucket/key", "CopyObject")]
    [InlineData("PUT", "/bucket/key?partNumber=1&uploadId=x", "UploadPartCopy")]
    [InlineData("PUT", "/bucket/key?tagging", "PutObjectTagging")]
    public void A_copy_source_chooses_a_copy_unless_a_subresource_is_meant(
        string method, string target, string operation) =>
        Assert.Equal(operation, Match(method, target, ("x-amz-copy-source", "/other/key")).Row?.Name);

    [Fact]
    public void A_form_that_is_posted_to_a_bucket_is_an_upload() => Assert.Equal(
        "PostObject", Match("POST", "/bucket", ("Content-Type", "multipart/form-data; boundary=x")).Row?.Name);

    [Theory]
    [InlineData("PUT", "/bucket/key?encryption", "UpdateObjectEncryption")]
    [InlineData("GET", "/bucket?logging", "GetBucketLogging")]
    [InlineData("GET", "/bucket?analytics&id=x", "GetBucketAnalyticsConfiguration")]
    [InlineData("GET", "/bucket?analytics", "ListBucketAnalyticsConfigurations")]
    [InlineData("POST", "/bucket/key?select&select-type=2", "SelectObjectContent")]
    [InlineData("PUT", "/bucket?logging", "PutBucketLogging")]
    public void What_is_not_served_is_known_by_name(string method, string target, string operation)
    {
        var row = Match(method, target).Row;

        Assert.Equal((operation, false), (row?.Name, row?.Served is not null));
    }

    [Theory]
    [InlineData("GET", "GetAccountPublicAccessBlock")]
    [InlineData("PUT", "PutAccountPublicAccessBlock")]
    [InlineData("DELETE", "DeleteAccountPublicAccessBlock")]
    public void What_names_an_account_is_asked_of_the_account(string method, string operation)
    {
        const string Target = "/v20180820/configuration/publicAccessBlock";

        Assert.Equal(operation, Match(method, Target, Account).Row?.Name);
        Assert.NotEqual(operation, Match(method, Target).Row?.Name);
        Assert.NotEqual(operation, Match(method, "/v20180821/configuration/publicAccessBlock", Account).Row?.Name);
    }

    [Theory]
    [InlineData("GET", "/v20180820/jobs", "NotImplemented")]
    [InlineData("GET", "/v20180820/", "NotImplemented")]
    [InlineData("GET", "/v20180820/configuration/publicAccessBlock/", "NotImplemented")]
    [InlineData("POST", "/v20180820/configuration/publicAccessBlock", "MethodNotAllowed")]
    public void The_rest_of_what_is_asked_of_accounts_is_refused(string method, string target, string code) =>
        Assert.Equal(code, Match(method, target, Account).Refusal?.Code);

    [Theory]
    [InlineData("PUT", "/bucket/key?policy")]
    [InlineData("DELETE", "/bucket/key?acl")]
    [InlineData("HEAD", "/bucket?tagging")]
    [InlineData("DELETE", "/bucket?analytics")]
    [InlineData("PATCH", "/bucket")]
    [InlineData("POST", "/bucket/key")]
    [InlineData("DELETE", "/")]
    public void A_subresource_never_falls_through_to_another_operation(string method, string target)
    {
        var refusal = Match(method, target).Refusal;

        Assert.Equal("MethodNotAllowed", refusal?.Code);
        Assert.Contains(refusal!.Headers, header => header.Key == "Allow");
    }

    [Fact]
    public void A_refused_method_names_what_is_allowed()
    {
        var refusal = Match("PATCH", "/bucket/key").Refusal!;

        Assert.Equal("DELETE, GET, HEAD, POST, PUT", refusal.Headers.Single(header => header.Key == "Allow").Value);
        Assert.Equal([new("Method", "PATCH"), new("ResourceType", "OBJECT")], refusal.Details);
    }

    [Theory]
    [InlineData("PUT", "/bucket/key?uploadId=x")]
    [InlineData("PUT", "/bucket/key?partNumber=1")]
    [InlineData("GET", "/bucket?list-type=3")]
    [InlineData("GET", "/bucket?acl&tagging")]
    public void A_query_that_contradicts_itself_is_refused(string method, string target) =>
        Assert.Equal("InvalidArgument", Match(method, target).Refusal?.Code);

    [Theory]
    [InlineData("GET", "/bucket/key?x-id=GetObject", "GetObject")]
    [InlineData("PUT", "/bucket/key?anything=at%20all", "PutObject")]
    [InlineData("GET", "/bucket?id=x", "ListObjects")]
    public void Parameters_that_mean_nothing_are_ignored(string method, string target, string operation) =>
        Assert.Equal(operation, Match(method, target).Row?.Name);

    [Fact]
    public void Two_rows_that_look_alike_are_refused_at_start()
    {
        var route = new S3Route(Get, TargetKind.Bucket) { Subresource = "cors" };

        Assert.Throws<InvalidOperationException>(() => new OperationTable([new("One", route), new("Other", route)]));
    }

    [Fact]
    public void Every_served_operation_is_reached_by_its_own_route()
    {
        foreach (var row in served.Table.Rows.Where(row => row.Served is not null))
        {
            var path = row.Route.Target switch
            {
                TargetKind.Service => "/",
                TargetKind.Bucket => "/bucket",
                TargetKind.Account => "/v20180820/" + row.Route.Path,
                _ => "/bucket/key",
            };
            var query = row.Route.Query.Select(part => part.Contains('=', StringComparison.Ordinal) ? part : part + "=1");
            var all = row.Route.Subresource is { } subresource ? query.Prepend(subresource) : query;
            (string, string)[] headers =
            [
                .. row.Route.Header is { } header ? [(header, "x")] : Array.Empty<(string, string)>(),
                .. row.Route.ContentType is { } type ? [("Content-Type", type)] : Array.Empty<(string, string)>(),
                .. row.Route.Target == TargetKind.Account ? [Account] : Array.Empty<(string, string)>(),
            ];

            Assert.Equal(row.Name, Match(row.Route.Method, $"{path}?{string.Join('&', all)}", headers).Row?.Name);
        }
    }

    [Fact]
    public void Every_subresource_that_makes_a_request_one_for_another_operation_is_signed_in_version_2_too() =>
        Assert.All(
            served.Table.Rows.Select(row => row.Route.Subresource).OfType<string>(),
            subresource => Assert.True(Version2StringToSign.Covers(subresource), subresource));

    private RouteMatch Match(string method, string target, params (string Name, string Value)[] headers)
    {
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            sent[name] = value;
        }

        var addressed = new Addresser().Address(
            RawTarget.Parse(target), "127.0.0.1", namesAccount: sent.ContainsKey(Account.Name));
        return served.Table.Match(method, addressed, sent);
    }
}

using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Operations;
using ObjectServer.Pipeline;

namespace ObjectServer.Bench.Micro;

/// <summary>What is read of a request before its signature and its body: target, address, headers.</summary>
public class RequestHeads
{
    private readonly string _objectTarget = "/examplebucket/some/folder/an%20object.bin";
    private readonly string _listingTarget =
        "/examplebucket?list-type=2&prefix=some%2Ffolder%2F&delimiter=%2F&max-keys=1000&encoding-type=url";

    private readonly Addresser _addresser = new("localhost");
    private readonly RawTarget _object;
    private readonly S3Target _listing;
    private readonly SignedHeaders _signedHeaders =
        SignedHeaders.Parse("content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-colour");

    private readonly HeaderDictionary _headers = new()
    {
        ["Host"] = "localhost:9000",
        ["Content-Type"] = "application/octet-stream",
        ["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD",
        ["x-amz-date"] = "20130524T000000Z",
        ["x-amz-meta-colour"] = "light   blue",
    };

    public RequestHeads()
    {
        _object = RawTarget.Parse(_objectTarget);
        _listing = _addresser.Address(RawTarget.Parse(_listingTarget), "localhost:9000");
    }

    [Benchmark]
    public object ObjectTarget() => RawTarget.Parse(_objectTarget);

    [Benchmark]
    public object ListingTarget() => RawTarget.Parse(_listingTarget);

    [Benchmark]
    public object ObjectAddress() => _addresser.Address(_object, "localhost:9000");

    [Benchmark]
    public object? RulesOfHeaders() => HeaderRules.Judge(_headers, TakenHeaders.Acl);

    [Benchmark]
    public int CanonicalText()
    {
        var text = new PooledText();
        try
        {
            new CanonicalRequest
            {
                Method = "GET",
                Target = _listing,
                Headers = _headers,
                SignedHeaders = _signedHeaders,
                PayloadToken = PayloadMode.Unsigned.Token,
            }.WriteTo(ref text);
            return text.Utf8.Length;
        }
        finally
        {
            text.Dispose();
        }
    }
}

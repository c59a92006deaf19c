using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authentication;
using ObjectServer.Body;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Http;
using ObjectServer.Operations;
using ObjectServer.Operations.Forms;
using ObjectServer.Operations.Listing;
using ObjectServer.Operations.Multipart;
using ObjectServer.Operations.Objects;
using ObjectServer.Operations.Tagging;
using ObjectServer.Pipeline;
using ObjectServer.Policies;
using ObjectServer.Tests.Authentication;
using ObjectServer.Tests.Body;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Fuzz;

/// <summary>Whatever a client sends, every parser answers or refuses it.</summary>
public sealed class HostileInput
{
    private const string Date = "Fri, 24 May 2013 00:00:00 GMT";
    private const string Scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
    private const string Digest = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";

    private static readonly DateTimeOffset Now = DateTimeOffset.Parse(
        "2013-05-24T00:00:00Z", CultureInfo.InvariantCulture);

    private static readonly Addresser Addresser = new("s3.amazonaws.com");
    private static readonly Authenticator Authenticator = ExampleAccount.Authenticator();

    private static readonly string[] QueryNames =
    [
        "acl", "tagging", "uploads", "uploadId", "partNumber", "versionId", "list-type", "prefix", "delimiter",
        "continuation-token", "max-keys", "encoding-type", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date",
        "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Algorithm", "AWSAccessKeyId", "Signature", "Expires",
        "response-content-type", "renameObject", "x-amz-acl",
    ];

    private static readonly string[] HeaderNames =
    [
        "Range: ", "If-Match: ", "If-None-Match: ", "If-Modified-Since: ", "If-Unmodified-Since: ", "Date: ",
        "x-amz-date: ", "x-amz-tagging: ", "x-amz-copy-source: ", "x-amz-meta-a: ", "x-amz-checksum-crc32: ",
        "x-amz-checksum-sha256: ", "x-amz-sdk-checksum-algorithm: ", "x-amz-trailer: ", "Content-MD5: ",
        "x-amz-decoded-content-length: ", "x-amz-content-sha256: ", "x-amz-storage-class: ", "Content-Encoding: ",
        "x-amz-website-redirect-location: ", "x-amz-acl: ", "Content-Length: ", "Host: ", "Expires: ",
    ];

    [Fact]
    public void Targets_and_hosts() => FuzzRun.Text(
        [
            "/bucket/key", "/bucket/a%20b/%F0%9F%98%80?versionId=null", "http://bucket.s3.amazonaws.com/k?acl", "*", "/",
            "/bucket//../a/./%2e%2e/%2F", "https://[::1]:9000/b/k", "/b/%00", "/b/" + new string('k', 1025),
            "/-/health/live", "//", "/b?%", "http://", "bucket.localhost:9000",
        ],
        ["http://", "https://", ".s3.amazonaws.com", ".localhost", ":9000", "[", "]", .. QueryNames],
        text =>
        {
            Assert.NotEqual("", Addresser.BucketOf(text));
            var raw = RawTarget.Parse(text);
            var target = Addresser.Address(raw, "bucket.s3.amazonaws.com");
            Assert.True(target.Key is null || target.Key.Value.ToString().Length > 0);
            FuzzRun.Outcome(() => $"{Addresser.Address(raw, text)}");

            // What is signed stands for the same bytes, and signing that changes nothing.
            var canonical = PercentEncoding.CanonicalPath(raw.Path);
            Assert.Equal(canonical, PercentEncoding.CanonicalPath(canonical));
            Assert.Equal(PercentEncoding.DecodePath(raw.Path), PercentEncoding.DecodePath(canonical));
        });

    [Fact]
    public void Queries() => FuzzRun.Text(
        [
            "list-type=2&prefix=a%2Fb&delimiter=/&max-keys=10&encoding-type=url", "versionId=null", "acl", "a=b&a=c&&=",
            "uploadId=x&partNumber=10000", "versionId=0190a1b2c3d4e5f60718293a4b5c6d7e",
            $"continuation-token={Uri.EscapeDataString(ContinuationToken.After("key"u8))}", "max-keys=-1",
        ],
        QueryNames,
        text =>
        {
            var query = RawQuery.Parse(text);
            foreach (var parameter in query.Parameters)
            {
                Assert.Equal(
                    parameter.Value, PercentEncoding.DecodeQuery(PercentEncoding.EncodeQuery(parameter.Value)));
            }

            FuzzRun.Outcome(() => $"{IntegerParameter.Parse(query, "max-keys", "maxKeys")}");
            FuzzRun.Outcome(() => $"{IntegerParameter.ParsePageSize(query, "max-keys", "maxKeys")}");
            FuzzRun.Outcome(() => $"{PartNumbers.Parse(query)}");
            FuzzRun.Outcome(() => $"{RequestedVersion.Read(query)}");
            FuzzRun.Outcome(() => KeyEncoding.Parse(query).Show(text) ?? "");
            FuzzRun.Outcome(() => query.Find("continuation-token") is { } token
                ? Convert.ToBase64String(ContinuationToken.Read(token))
                : "");
            HoistedHeaders.Merge(new HeaderDictionary(), query);
        });

    [Fact]
    public void Authorization_headers_of_both_versions() => FuzzRun.Text(
        [
            $"AWS4-HMAC-SHA256 Credential={Scope},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature={Digest}",
            $"AWS4-HMAC-SHA256 Credential={Scope}, SignedHeaders=host;x-amz-date, Signature={Digest}",
            $"AWS4-ECDSA-P256-SHA256 Credential={Scope},SignedHeaders=host,Signature={Digest}",
            "AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g=", "AWS :", "Basic dXNlcjpwYXNz", "Bearer x",
        ],
        ["Credential=", "SignedHeaders=", "Signature=", "AWS4-HMAC-SHA256 ", "AWS ", "aws4_request", "host;", "range", ","],
        text => Authenticate("/bucket/key?acl", new()
        {
            ["Host"] = "s3.amazonaws.com",
            ["Authorization"] = text,
            ["x-amz-date"] = ExampleAccount.Timestamp,
            ["x-amz-content-sha256"] = PayloadMode.EmptySha256,
            ["Date"] = Date,
        }));

    [Fact]
    public void Presigned_queries_of_both_versions() => FuzzRun.Text(
        [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + Uri.EscapeDataString(Scope)
                + $"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature={Digest}",
            "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1369440000&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D",
            "X-Amz-Signature=", "Signature=&Expires=99999999999999999999&AWSAccessKeyId=",
        ],
        [.. QueryNames, "20130524T000000Z", "604801", "host;x-amz-date"],
        text => Authenticate("/bucket/key?" + text, new() { ["Host"] = "s3.amazonaws.com" }));

    [Fact]
    public void Header_fields() => FuzzRun.Text(
        [
            "Range: bytes=0-9\nIf-Match: \"a\", W/\"b\"\nIf-Modified-Since: " + Date,
            "x-amz-copy-source: /bucket/a%20b?versionId=null\nx-amz-tagging: a=1&b=2\nx-amz-meta-a: =?UTF-8?B?w6k=?=",
            "x-amz-checksum-crc32: y/Q5Jg==\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\nx-amz-sdk-checksum-algorithm: CRC32",
            "x-amz-decoded-content-length: 10\nx-amz-trailer: x-amz-checksum-crc32\nContent-Encoding: aws-chunked,gzip",
            "Range: bytes=-9223372036854775808\nRange: bytes=1-2,3-4\nDate: " + Date,
            "x-amz-date: 20130524T000000Z\nx-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            "x-amz-meta-b: =?ISO-8859-1?Q?=E9_a?= =?utf-8?q?x?=\nx-amz-website-redirect-location: http://a/\nx-amz-acl: private",
        ],
        [.. HeaderNames, "bytes=", "\n", "W/", Date, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "=?UTF-8?Q?", "?=", "aws-chunked"],
        text =>
        {
            var headers = ReadHeaders(text);
            var range = headers["Range"].ToString();
            foreach (var size in (long[])[0, 1, 10, long.MaxValue])
            {
                if (ByteRange.Resolve(range, size, out var found) == RangeOutcome.Partial)
                {
                    Assert.InRange(found.Offset, 0, size - 1);
                    Assert.InRange(found.Length, 1, size - found.Offset);
                }
            }

            ReadConditions.Read(headers).Judge("\"a\"", Now);
            if (HttpDates.TryParseAny(headers["If-Modified-Since"].ToString(), out var time))
            {
                Assert.True(HttpDates.TryParse(HttpDates.Format(time), out var again));
                Assert.Equal(HttpDates.ToSecond(time), again);
            }

            foreach (var (_, values) in headers)
            {
                var decoded = EncodedWords.Decode(values.ToString());
                Assert.True(EncodedWords.IsHeaderText(EncodedWords.Encode(decoded)));
                EntityTags.ParseWeak(values);
                EntityTags.ParseStrong(values);
                FuzzRun.Outcome(() => $"{TagSets.ParseHeader(values).Length}");
                FuzzRun.Outcome(() => $"{CopySource.Parse(values.ToString())}");
                FuzzRun.Outcome(() => $"{PayloadMode.Parse(values.ToString())}");
            }

            FuzzRun.Outcome(() => $"{HeaderRules.Judge(headers, TakenHeaders.Acl)}");
            FuzzRun.Outcome(() => $"{ObjectHeaders.Read(headers)}");
            FuzzRun.Outcome(() => $"{WriteConditionHeaders.Read(headers)}");
            FuzzRun.Outcome(() => $"{RequestBody.Open(new SlicedReader([]), headers, ChunkedWire.UnsignedTrailer, null, new Md5Lanes()).Length}");
            Authenticate("/bucket/key", headers);
        });

    [Theory]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER")]
    public void Chunked_bodies_with_signatures_and_trailers(string token)
    {
        var mode = PayloadMode.Parse(token);
        string Wire(int chunk) => Encoding.ASCII.GetString(ChunkedWire.Whole(
            mode, "123456789"u8.ToArray(), chunk, "x-amz-checksum-crc32", "y/Q5Jg=="));
        FuzzRun.Bytes(
            [Wire(9), Wire(2), "0\r\n\r\n", "ffffffffffffffffffff\r\n", "9;a=b;c\r\n123456789\r\n0\r\n\r\n", "9\n123456789\n0\n\n"],
            ["\r\n", "0;chunk-signature=", "9;", "x-amz-checksum-crc32:", "x-amz-trailer-signature:", "y/Q5Jg==", "0x9", "\r\n0\r\n\r\n"],
            input =>
            {
                var whole = Receive(mode, [input]);
                Assert.Equal(whole, Receive(mode, Slices(input, 7)));
                Assert.Equal(whole, Receive(mode, Slices(input, 1)));

                // Nothing but the announced content ever comes out.
                Assert.True(
                    whole.StartsWith("refusal ", StringComparison.Ordinal) || whole == "answer 123456789", whole);
            });
    }

    [Fact]
    public void Xml_documents() => FuzzRun.Bytes(
        [
            "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>",
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</PartNumber>"
                + "<ETag>\"a\"</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></Part></CompleteMultipartUpload>",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><Tagging/>", "<?xml version=\"1.1\" encoding=\"utf-7\"?><a>&#0;</a>",
            "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><Tagging>&d;</Tagging>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><Tagging/>", "<Tagging a=\"1\" a=\"2\"/>",
            "<Tagging><![CDATA[a]]><!-- b -->c<?d e?>f</Tagging>", "\ufeff<Tagging/>", "<a:Tagging xmlns:a=\"b\"/>",
        ],
        ["<Tag>", "</Tag>", "<Key>", "&amp;", "&#x0;", "&#xD800;", "<![CDATA[", "<!--a-->", "xmlns=\"\"", " a=\"b\"", "<Part>",
            "<ETag/>", "<ChecksumCRC32/>", "<?xml version=\"1.0\"?>", "encoding=\"utf-32\"", "<!DOCTYPE a>"],
        input =>
        {
            FuzzRun.Outcome(() => $"{TagSets.ParseDocument(input, TagRules.Object).Length}");
            FuzzRun.Outcome(() => $"{ChosenPart.ReadAll(input).Count}");
            S3XmlReader.Parse(input, "Tagging");
        });

    [Fact]
    public void Forms() => FuzzRun.Bytes(
        [
            "--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nuser/${filename}\r\n--xyz\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n\r\nc\r\n--xy\r\nd\r\n--xyz--\r\n",
            "--xyz\r\ncontent-disposition: form-data; name=file\r\n\r\n\r\n--xyz--", "--xyz--", "\r\n--xyz\r\n\r\n",
            "--xyz\r\nContent-Disposition: form-data; name*=UTF-8''%e2%82%ac; filename*=x\r\n\r\n1\r\n--xyz--",
        ],
        ["--xyz", "\r\n", "\r\n--xyz\r\n", "Content-Disposition: form-data; name=", "filename=\"", "filename*=UTF-8''%", "\r\n\r\n"],
        input =>
        {
            var whole = ReadForm([input]);
            Assert.Equal(whole, ReadForm(Slices(input, 5)));
            Assert.Equal(whole, ReadForm(Slices(input, 1)));
        });

    [Fact]
    public void Access_policies() => FuzzRun.Bytes(
        [
            "{\"Version\":\"2012-10-17\",\"Id\":\"p\",\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\",\"Principal\":\"*\","
                + "\"Action\":[\"s3:Get*\",\"s3:List?ucket\"],\"Resource\":[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/${aws:username, 'all'}/*\"],"
                + "\"Condition\":{\"StringLike\":{\"s3:prefix\":[\"\",\"home/${aws:username}/*\"]},\"IpAddress\":{\"aws:SourceIp\":\"::/0\"}}}]}",
            "{\"Statement\":{\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"111122223333\",\"arn:aws:iam::111122223333:user/a\"],"
                + "\"Service\":\"s3.amazonaws.com\"},\"NotAction\":\"s3:*\",\"NotResource\":\"*\",\"Condition\":{\"DateLessThan\":"
                + "{\"aws:CurrentTime\":\"2020-01-01T00:00:00Z\"},\"NumericEquals\":{\"s3:max-keys\":10},\"Null\":{\"aws:x\":true}}}}",
            "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"Federated\":\"accounts.google.com\"}}}",
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ForAllValues:ArnNotLikeIfExists\":"
                + "{\"aws:SourceArn\":\"arn:aws:s3:*:*:*\"},\"BinaryEquals\":{\"aws:x\":\"QUI=\"},\"Bool\":{\"aws:y\":[true,\"false\"]}}}]}",
        ],
        [
            "\"Version\":\"2012-10-17\",", "\"Version\":\"2008-10-17\",", "\"Statement\":", "\"Condition\":{", "\"Sid\":\"\",", "${", "}", "${*}",
            "${aws:x,'", "[[[[", "{\"a\":", "\\ud800", "null", "true", "ForAnyValue:", "IfExists", "1e400", "*****", "::ffff:1.2.3.4/0", "/129",
        ],
        input =>
        {
            var keys = new ConditionTable().With("aws:username", "a").With("s3:prefix", "home/a/").With("aws:SourceIp", "::1");
            foreach (var kind in Enum.GetValues<PolicyKind>())
            {
                if (PolicyDocument.TryParse(input, kind, 8192, out var policy, out var error))
                {
                    // Whatever is a policy can be asked.
                    var evaluation = policy.Evaluate(new()
                    {
                        Principal = PolicyPrincipal.Root("111122223333", ""),
                        Action = "s3:GetObject",
                        Resource = "arn:aws:s3:::b/a/key",
                        Conditions = keys,
                    });
                    Assert.Equal(evaluation.Verdict == PolicyVerdict.NoMatch, evaluation.Statement is null);
                    Assert.True(policy.ConditionKeys.Count <= input.Length);
                    PublicAccess.IsPublic(policy);
                }
                else
                {
                    Assert.NotEqual("", error.Message);
                }
            }
        });

    [Fact]
    public void Form_policies_and_signatures() => FuzzRun.Text(
        [
            "{\"expiration\":\"2013-05-25T00:00:00Z\",\"conditions\":[{\"bucket\":\"b\"},[\"starts-with\",\"$key\",\"u/\"],"
                + "[\"content-length-range\",1,10],[\"eq\",\"$acl\",\"private\"]]}",
            "{\"expiration\":1,\"conditions\":{}}", "{\"a\":1,\"a\":2}", "[]", "null", "{\"conditions\":[[]]}", "\\$", "{\"a\":\"\\uD800\"}",
            "{\"a\\uD800\":1}",
        ],
        ["\"expiration\"", "\"conditions\"", "content-length-range", "starts-with", "\\u", "\\v", "\\$", "null", "[[", "{}", "1e400"],
        text =>
        {
            var policy = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            FuzzRun.Outcome(() => $"{PostPolicy.Parse(text)}");
            FuzzRun.Outcome(() => $"{Authenticator.AuthenticateForm(new Dictionary<string, string>
            {
                ["policy"] = policy,
                ["x-amz-algorithm"] = "AWS4-HMAC-SHA256",
                ["x-amz-credential"] = text.Length % 2 == 0 ? Scope : text,
                ["x-amz-date"] = text.Length % 3 == 0 ? ExampleAccount.Timestamp : text,
                ["x-amz-signature"] = text,
            })}");
            var read = PostPolicy.Parse(policy);
            read.Judge(new Dictionary<string, string> { ["bucket"] = "b", ["key"] = "u/k", ["acl"] = text }, Now);
            read.FileLength();
        });

    private static void Authenticate(string target, HeaderDictionary headers)
    {
        FuzzRun.Outcome(() =>
        {
            // Nobody signed any of this with the right secret, so nobody is let in as its owner.
            var caller = Authenticator.Authenticate(
                "GET", ExampleAccount.Target(target, headers["Host"]), headers).Caller;
            Assert.True(caller.IsAnonymous);
            return "";
        });
    }

    private static HeaderDictionary ReadHeaders(string text)
    {
        var headers = new HeaderDictionary();
        foreach (var line in text.Split('\n').Take(100))
        {
            // Kestrel lets no such name or value through.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                headers.Append(line[..colon], line[(colon + 1)..].Trim().Replace("\0", "", StringComparison.Ordinal));
            }
        }

        return headers;
    }

    /// <summary>A wire's bytes in short slices; at most a hundred, for the reader of these tests copies all for each.</summary>
    private static IEnumerable<byte[]> Slices(byte[] wire, int length) =>
        wire.Chunk(Math.Max(length, wire.Length / 100));

    private static string Receive(PayloadMode mode, IEnumerable<byte[]> slices)
    {
        var headers = new HeaderDictionary
        {
            ["x-amz-decoded-content-length"] = "9",
            ["x-amz-trailer"] = mode.HasTrailer ? "x-amz-checksum-crc32" : default,
        };
        var content = new ArrayBufferWriter<byte>();
        return FuzzRun.Outcome(() =>
        {
            var body = RequestBody.Open(
                new SlicedReader(slices),
                headers,
                mode,
                mode.HasChunkSignatures ? ChunkedWire.SignerFor() : null,
                new Md5Lanes());
            body.CopyToAsync(
                (bytes, _) =>
                {
                    content.Write(bytes.Span);
                    return ValueTask.CompletedTask;
                },
                required: null,
                long.MaxValue,
                CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return Encoding.Latin1.GetString(content.WrittenSpan);
        });
    }

    private static string ReadForm(IEnumerable<byte[]> slices) => FuzzRun.Outcome(() =>
    {
        var body = RequestBody.Open(
            new SlicedReader(slices), new HeaderDictionary(), PayloadMode.Unsigned, signer: null, new Md5Lanes());
        var reader = new FormReader(body, "multipart/form-data; boundary=xyz");
        var fields = reader.ReadFieldsAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var file = new ArrayBufferWriter<byte>();
        reader.CopyFileAsync(
            (bytes, _) =>
            {
                file.Write(bytes.Span);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return $"{string.Join('&', fields.Values)} {fields.FileName} {Convert.ToBase64String(file.WrittenSpan)}";
    });
}

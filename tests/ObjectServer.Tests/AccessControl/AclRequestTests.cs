using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;
using static ObjectServer.Tests.AccessControl.KnownAccounts;

namespace ObjectServer.Tests.AccessControl;

public sealed class AclRequestTests
{
    private const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string Header = "x-amz-grant-read";
    private static readonly KnownAccounts Accounts = new();

    [Theory]
    [InlineData("private", "owner FULL_CONTROL")]
    [InlineData("public-read", "owner FULL_CONTROL, AllUsers READ")]
    [InlineData("public-read-write", "owner FULL_CONTROL, AllUsers READ, AllUsers WRITE")]
    [InlineData("authenticated-read", "owner FULL_CONTROL, AuthenticatedUsers READ")]
    [InlineData("aws-exec-read", "owner FULL_CONTROL, 6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c READ")]
    [InlineData("log-delivery-write", "owner FULL_CONTROL, LogDelivery WRITE, LogDelivery READ_ACP")]
    [InlineData("bucket-owner-read", "owner FULL_CONTROL")]
    [InlineData("bucket-owner-full-control", "owner FULL_CONTROL")]
    public void A_bucket_has_the_grants_of_its_canned_acl(string name, string grants) =>
        Assert.Equal(grants, Text(CannedAcl.ForBucket(name, Owner)));

    [Theory]
    [InlineData("private", "a friend FULL_CONTROL", "a friend FULL_CONTROL")]
    [InlineData("public-read", "a friend FULL_CONTROL, AllUsers READ", "a friend FULL_CONTROL, AllUsers READ")]
    [InlineData("bucket-owner-read", "a friend FULL_CONTROL, owner READ", "a friend FULL_CONTROL")]
    [InlineData("bucket-owner-full-control", "a friend FULL_CONTROL, owner FULL_CONTROL", "a friend FULL_CONTROL")]
    public void An_object_has_them_and_may_have_the_owner_of_the_bucket_in_them(string name, string other, string own)
    {
        Assert.Equal(other, Text(CannedAcl.ForObject(name, Friend, Owner)));
        Assert.Equal(own, Text(CannedAcl.ForObject(name, Friend, Friend)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("public")]
    [InlineData("Private")]
    [InlineData("log-delivery-write")]
    public void An_object_has_no_other_canned_acl(string name) =>
        Assert.Equal("InvalidArgument", Refusal(() => CannedAcl.ForObject(name, Owner, Owner)).Code);

    [Theory]
    [InlineData("id=\"FRIEND\"", "a friend READ")]
    [InlineData("id=FRIEND", "a friend READ")]
    [InlineData("ID=FRIEND", "a friend READ")]
    [InlineData(" id = \"FRIEND\" , id=\"STRANGER\" ", "a friend READ, stranger READ")]
    [InlineData("id=FRIEND,id=FRIEND", "a friend READ")]
    [InlineData("emailAddress=\"friend@example.com\"", "a friend READ")]
    [InlineData("emailaddress=Friend@Example.com", "a friend READ")]
    [InlineData("uri=\"ALLUSERS\"", "AllUsers READ")]
    [InlineData("uri=ALLUSERS, id=\"OWNER\"", "AllUsers READ, owner READ")]
    [InlineData("id=6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c", "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c READ")]
    public void A_header_grants_to_whom_it_names(string value, string grants) =>
        Assert.Equal(grants, Text(new(Owner, Grants((Header, Fill(value))))));

    [Theory]
    [InlineData("", "Argument format not recognized")]
    [InlineData("FRIEND", "Argument format not recognized")]
    [InlineData("id:FRIEND", "Argument format not recognized")]
    [InlineData("name=FRIEND", "Argument format not recognized")]
    [InlineData("id=\"FRIEND", "Argument format not recognized")]
    [InlineData("id=\"FRIEND\",", "Argument format not recognized")]
    [InlineData("id=\"FRIEND\" id=\"STRANGER\"", "Argument format not recognized")]
    [InlineData("id=FRIEND,,id=STRANGER", "Argument format not recognized")]
    [InlineData(",id=FRIEND", "Argument format not recognized")]
    [InlineData("id=\"\"", "Invalid id")]
    [InlineData("id=nobody", "Invalid id")]
    [InlineData("uri=http://example.com/", "Invalid group uri")]
    [InlineData("uri=", "Invalid group uri")]
    public void A_header_that_cannot_be_read_is_named(string value, string message)
    {
        var refusal = Refusal(() => Grants((Header, Fill(value))));
        Assert.Equal(("InvalidArgument", message), (refusal.Code, refusal.Message));
        Assert.Contains(new("ArgumentName", Header), refusal.Details);
    }

    [Fact]
    public void An_address_that_is_no_accounts_is_told_apart() => Assert.Equal(
        "UnresolvableGrantByEmailAddress", Refusal(() => Grants((Header, "emailAddress=x@example.com"))).Code);

    [Fact]
    public void Each_permission_has_its_header()
    {
        (string Name, string Value)[] headers =
        [
            ("x-amz-grant-full-control", "id=" + Owner), ("x-amz-grant-write-acp", "id=" + Friend),
            ("x-amz-grant-read-acp", "id=" + Friend), ("x-amz-grant-write", "id=" + Friend), (Header, "id=" + Friend),
        ];
        Assert.Equal(
            "a friend READ, a friend WRITE, a friend READ_ACP, a friend WRITE_ACP, owner FULL_CONTROL",
            Text(new(Owner, Grants(headers))));
    }

    [Fact]
    public void A_name_and_grants_at_once_are_refused()
    {
        var refusal = Refusal(() => Grants(("x-amz-acl", "private"), (Header, "id=" + Owner)));
        Assert.Equal(
            ("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed"),
            (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "MalformedACLError")]
    public void There_are_at_most_a_hundred_grants(int count, string? code)
    {
        var accounts = new AnyAccount();
        var ids = Enumerable.Range(0, count).Select(number => $"{number:x64}").ToArray();
        var header = string.Join(',', ids.Select(id => "id=" + id));
        var document = Document(Owner, string.Concat(ids.Select(id => Grant("CanonicalUser", "ID", id, "READ"))));
        var read = new Func<AclGrants?>[]
        {
            () => Read((Header, header)).ReadGrants(new AclGrantees(accounts, Owner)),
            () => AclDocument.Read(document, Owner, accounts).Grants,
        };
        Assert.All(read, one =>
        {
            if (code is null)
            {
                Assert.Equal(count, one()!.Count);
            }
            else
            {
                Assert.Equal(code, Refusal(() => one()).Code);
            }
        });
    }

    [Fact]
    public void A_document_is_read_and_written_alike()
    {
        var document = Document(
            Owner,
            Grant("CanonicalUser", "ID", Owner, "FULL_CONTROL")
                + Grant("CanonicalUser", "ID", Friend, "WRITE")
                + Grant("AmazonCustomerByEmail", "EmailAddress", "friend@example.com", "READ_ACP")
                + Grant("Group", "URI", AllUsers, "WRITE_ACP"));
        var acl = AclDocument.Read(document, Owner, Accounts);
        Assert.Equal("owner FULL_CONTROL, a friend WRITE, a friend READ_ACP, AllUsers WRITE_ACP", Text(acl));

        var written = new ArrayBufferWriter<byte>();
        AclDocument.Write(new S3XmlWriter(written).Declaration(), acl, Accounts);
        var text = Encoding.UTF8.GetString(written.WrittenSpan);
        Assert.StartsWith(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + $"<Owner><ID>{Owner}</ID><DisplayName>owner</DisplayName></Owner><AccessControlList>"
            + "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">"
            + $"<URI>{AllUsers}</URI></Grantee><Permission>WRITE_ACP</Permission></Grant>",
            text,
            StringComparison.Ordinal);
        Assert.Contains($"<ID>{Friend}</ID><DisplayName>a friend</DisplayName></Grantee>", text, StringComparison.Ordinal);
        Assert.Equal(
            "AllUsers WRITE_ACP, owner FULL_CONTROL, a friend WRITE, a friend READ_ACP",
            Text(AclDocument.Read(written.WrittenMemory, Owner, Accounts)));
    }

    [Fact]
    public void A_document_may_leave_nobody_anything() =>
        Assert.Empty(AclDocument.Read(Document(Owner, ""), Owner, Accounts).Grants!);

    [Theory]
    [InlineData("", "MalformedACLError")]
    [InlineData("<AccessControlPolicy>", "MalformedACLError")]
    [InlineData("<Other/>", "MalformedACLError")]
    [InlineData("<AccessControlPolicy/>", "MalformedACLError")]
    [InlineData("<AccessControlPolicy><Owner><ID>OWNER</ID></Owner></AccessControlPolicy>", "MalformedACLError")]
    [InlineData("<AccessControlPolicy><AccessControlList/></AccessControlPolicy>", "MalformedACLError")]
    [InlineData("[<Grant/>]", "MalformedACLError")]
    [InlineData("[<Other/>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee type='Group'><URI>ALLUSERS</URI></Grantee></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Permission>READ</Permission></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee type='Group'><URI>ALLUSERS</URI></Grantee><Permission>read</Permission></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee type='Group'><ID>OWNER</ID></Grantee><Permission>READ</Permission></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee type='Other'><ID>OWNER</ID></Grantee><Permission>READ</Permission></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee><ID>OWNER</ID></Grantee><Permission>READ</Permission></Grant>]", "MalformedACLError")]
    [InlineData("[<Grant><Grantee type='CanonicalUser'><ID>_foo</ID></Grantee><Permission>READ</Permission></Grant>]", "InvalidArgument: Invalid id")]
    [InlineData("[<Grant><Grantee type='Group'><URI>x</URI></Grantee><Permission>READ</Permission></Grant>]", "InvalidArgument: Invalid group uri")]
    [InlineData("[<Grant><Grantee type='AmazonCustomerByEmail'><EmailAddress>x</EmailAddress></Grantee><Permission>READ</Permission></Grant>]", "UnresolvableGrantByEmailAddress")]
    [InlineData("<AccessControlPolicy><Owner><ID>STRANGER</ID></Owner><AccessControlList/></AccessControlPolicy>", "AccessDenied")]
    public void A_document_that_is_none_is_refused_by_what_is_wrong(string document, string refusal)
    {
        ArgumentNullException.ThrowIfNull(document);
        var bytes = document is ['[', .. var grants, ']']
            ? Document(Owner, Fill(grants))
            : Encoding.UTF8.GetBytes(Fill(document));
        var error = Refusal(() => AclDocument.Read(bytes, Owner, Accounts));
        Assert.StartsWith(refusal, $"{error.Code}: {error.Message}", StringComparison.Ordinal);
    }

    /// <summary>Ownership, writer, headers; then the owner and the grants of the object, or the refusal.</summary>
    [Theory]
    [InlineData("BucketOwnerEnforced", "friend", "", "owner: owner FULL_CONTROL")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-acl=bucket-owner-full-control", "owner: owner FULL_CONTROL")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-grant-full-control=id=OWNER", "owner: owner FULL_CONTROL")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-acl=private", "owner: owner FULL_CONTROL")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-acl=public-read", "AccessControlListNotSupported")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-grant-full-control=id=FRIEND", "AccessControlListNotSupported")]
    [InlineData("BucketOwnerEnforced", "friend", "x-amz-grant-read=id=OWNER", "AccessControlListNotSupported")]
    [InlineData("BucketOwnerPreferred", "friend", "", "a friend: a friend FULL_CONTROL")]
    [InlineData("BucketOwnerPreferred", "friend", "x-amz-acl=private", "a friend: a friend FULL_CONTROL")]
    [InlineData("BucketOwnerPreferred", "friend", "x-amz-acl=bucket-owner-full-control", "owner: owner FULL_CONTROL")]
    [InlineData("BucketOwnerPreferred", "friend", "x-amz-grant-full-control=id=OWNER", "a friend: owner FULL_CONTROL")]
    [InlineData("ObjectWriter", "friend", "", "a friend: a friend FULL_CONTROL")]
    [InlineData("ObjectWriter", "owner", "", "owner: owner FULL_CONTROL")]
    [InlineData("ObjectWriter", "friend", "x-amz-acl=bucket-owner-full-control", "a friend: a friend FULL_CONTROL, owner FULL_CONTROL")]
    [InlineData("ObjectWriter", "nobody", "x-amz-acl=bucket-owner-read", "65a011a29cdf8ec533ec3d1ccaae921c: 65a011a29cdf8ec533ec3d1ccaae921c FULL_CONTROL, owner READ")]
    [InlineData("", "friend", "x-amz-acl=public-read", "a friend: a friend FULL_CONTROL, AllUsers READ")]
    [InlineData("ObjectWriter blocked", "friend", "x-amz-acl=public-read", "AccessDenied")]
    [InlineData("ObjectWriter blocked", "friend", "x-amz-acl=authenticated-read", "AccessDenied")]
    [InlineData("ObjectWriter blocked", "friend", "x-amz-grant-read=uri=ALLUSERS", "AccessDenied")]
    [InlineData("ObjectWriter blocked", "friend", "x-amz-grant-read=id=STRANGER", "a friend: stranger READ")]
    public void Ownership_and_headers_decide_whose_an_object_is(
        string ownership, string writer, string headers, string expected)
    {
        ArgumentNullException.ThrowIfNull(ownership);
        ArgumentNullException.ThrowIfNull(headers);
        var settings = OwnershipControls.Parse(ownership.Split(' ')[0]) is { } told
            ? BucketSettings.None.With(told)
            : BucketSettings.None;
        var bucket = new BucketRecord
        {
            Id = 1,
            Name = "bucket",
            Created = default,
            OwnerId = Owner,
            Region = "r",
            Settings = settings,
        };
        var writerId = writer switch
        {
            "owner" => Owner,
            "friend" => Friend,
            _ => "65a011a29cdf8ec533ec3d1ccaae921c",
        };
        var sent = new HeaderDictionary();
        if (headers.Length > 0)
        {
            sent[headers.Split('=')[0]] = Fill(headers[(headers.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        var block = ownership.EndsWith("blocked", StringComparison.Ordinal)
            ? new PublicAccessBlock { BlockPublicAcls = true }
            : PublicAccessBlock.None;
        if (!expected.Contains(':', StringComparison.Ordinal))
        {
            Assert.Equal(expected, Refusal(() => ObjectAccess.Of(sent, bucket, writerId, block, Accounts)).Code);
            return;
        }

        var access = ObjectAccess.Of(sent, bucket, writerId, block, Accounts);
        var acl = new AccessControlList(access.OwnerId, access.Acl is { } kept ? AclGrants.Of(kept) : null);
        Assert.Equal(expected, $"{Name(access.OwnerId)}: {Text(acl)}");
    }

    [Theory]
    [InlineData("<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>", true)]
    [InlineData("<Rule><ObjectOwnership>objectwriter</ObjectOwnership></Rule>", false)]
    [InlineData("<Rule/>", false)]
    [InlineData("", false)]
    [InlineData("<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>", false)]
    public void Ownership_controls_have_one_rule(string rules, bool isRead)
    {
        var document = Encoding.UTF8.GetBytes($"<OwnershipControls>{rules}</OwnershipControls>");
        if (isRead)
        {
            Assert.Equal(ObjectOwnership.ObjectWriter, OwnershipControls.ReadDocument(document));
        }
        else
        {
            Assert.Equal("MalformedXML", Refusal(() => OwnershipControls.ReadDocument(document)).Code);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("<BlockPublicAcls>true</BlockPublicAcls>", 1)]
    [InlineData("<BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>TRUE</IgnorePublicAcls>", 2)]
    [InlineData("<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets> true </RestrictPublicBuckets>", 12)]
    [InlineData("<BlockPublicAcls>yes</BlockPublicAcls>", -1)]
    [InlineData("<BlockPublicAcls/>", -1)]
    [InlineData("<Other>true</Other>", -1)]
    public void A_block_has_four_parts_and_what_is_not_said_is_not_blocked(string parts, int bits)
    {
        var document = Encoding.UTF8.GetBytes(
            $"<PublicAccessBlockConfiguration>{parts}</PublicAccessBlockConfiguration>");
        if (bits < 0)
        {
            Assert.Equal("MalformedXML", Refusal(() => PublicAccessBlock.ReadDocument(document)).Code);
            return;
        }

        var block = PublicAccessBlock.ReadDocument(document);
        Assert.Equal(bits, block.Encode().Span[0]);
        Assert.Equal(block, PublicAccessBlock.Decode(block.Encode()));
    }

    [Fact]
    public void Of_two_blocks_the_stricter_part_holds()
    {
        for (byte one = 0; one < 16; one++)
        {
            for (byte other = 0; other < 16; other++)
            {
                var both = PublicAccessBlock.Decode(new[] { one }).And(PublicAccessBlock.Decode(new[] { other }));
                Assert.Equal(one | other, both.Encode().Span[0]);
            }
        }
    }

    private static AclHeaders Read(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            sent[name] = value;
        }

        return AclHeaders.Read(sent);
    }

    private static AclGrants Grants(params ReadOnlySpan<(string Name, string Value)> headers) =>
        Read(headers).ReadGrants(new AclGrantees(Accounts, Owner));

    private static S3Error Refusal(Func<object?> read) => Assert.Throws<S3Exception>(() => read()).Error;

    private static byte[] Document(string owner, string grants) => Encoding.UTF8.GetBytes(
        "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + $"<Owner><ID>{owner}</ID><DisplayName>x</DisplayName></Owner>"
        + $"<AccessControlList>{grants}</AccessControlList></AccessControlPolicy>");

    private static string Grant(string type, string element, string value, string permission) =>
        $"<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{type}\">"
        + $"<{element}>{value}</{element}></Grantee><Permission>{permission}</Permission></Grant>";

    private static string Fill(string text) => text
        .Replace("OWNER", Owner, StringComparison.Ordinal)
        .Replace("FRIEND", Friend, StringComparison.Ordinal)
        .Replace("STRANGER", Stranger, StringComparison.Ordinal)
        .Replace("ALLUSERS", AllUsers, StringComparison.Ordinal);

    private static string Text(AccessControlList acl) => string.Join(", ", acl.Shown.Select(grant =>
        $"{(grant.Group is { } group ? group.ToString() : Name(grant.CanonicalId!))} "
        + AclPermissions.NameOf(grant.Permission)));

    private static string Name(string canonicalId) => Accounts.FindByCanonicalId(canonicalId)?.DisplayName ?? canonicalId;

    /// <summary>Knows every account that anybody names.</summary>
    private sealed class AnyAccount : IAccountLookup
    {
        public NamedAccount? FindByCanonicalId(string canonicalId) => new(canonicalId, canonicalId);

        public NamedAccount? FindByEmail(string email) => null;
    }
}

using ObjectServer.AccessControl;
using ObjectServer.Storage.Model;
using static ObjectServer.AccessControl.AclPermission;
using static ObjectServer.Tests.AccessControl.KnownAccounts;

namespace ObjectServer.Tests.AccessControl;

public sealed class AccessControlListTests
{
    /// <summary>
    /// What owner, friend, stranger and nobody in particular may: A as an account, G as one of a group, - not at all.
    /// </summary>
    public static TheoryData<string, string, string> Decisions => new()
    {
        // Nothing was granted: the owner's alone.
        { "", "Read", "A - - -" },
        { "", "Write", "A - - -" },
        { "", "ReadAcp", "A - - -" },
        { "", "WriteAcp", "A - - -" },
        { "", "FullControl", "A - - -" },

        // Everything was taken away: the owner still has the ACL.
        { "none", "Read", "- - - -" },
        { "none", "Write", "- - - -" },
        { "none", "ReadAcp", "A - - -" },
        { "none", "WriteAcp", "A - - -" },
        { "none", "FullControl", "- - - -" },

        // Each permission by itself.
        { "friend READ", "Read", "- A - -" },
        { "friend READ", "Write", "- - - -" },
        { "friend READ", "ReadAcp", "A - - -" },
        { "friend WRITE", "Write", "- A - -" },
        { "friend WRITE", "Read", "- - - -" },
        { "friend WRITE", "WriteAcp", "A - - -" },
        { "friend READ_ACP", "ReadAcp", "A A - -" },
        { "friend READ_ACP", "Read", "- - - -" },
        { "friend READ_ACP", "WriteAcp", "A - - -" },
        { "friend WRITE_ACP", "WriteAcp", "A A - -" },
        { "friend WRITE_ACP", "ReadAcp", "A - - -" },
        { "friend FULL_CONTROL", "Read", "- A - -" },
        { "friend FULL_CONTROL", "Write", "- A - -" },
        { "friend FULL_CONTROL", "WriteAcp", "A A - -" },
        { "friend FULL_CONTROL", "FullControl", "- A - -" },

        // Several grants add up.
        { "friend READ,friend WRITE", "Read, Write", "- A - -" },
        { "friend READ,friend WRITE", "FullControl", "- - - -" },
        { "friend READ,friend WRITE,friend READ_ACP,friend WRITE_ACP", "FullControl", "- A - -" },

        // The world.
        { "all READ", "Read", "G G G G" },
        { "all READ", "Write", "- - - -" },
        { "all READ", "ReadAcp", "A - - -" },
        { "all READ,friend READ", "Read", "G A G G" },
        { "all READ,friend WRITE", "Read, Write", "- G - -" },
        { "all WRITE", "Write", "G G G G" },
        { "all FULL_CONTROL", "WriteAcp", "A G G G" },
        { "signed READ", "Read", "G G G -" },
        { "signed READ,all WRITE", "Read, Write", "G G G -" },
        { "logs WRITE", "Write", "- - - -" },
        { "logs FULL_CONTROL", "Read", "- - - -" },

        // The world, ignored.
        { "ignore:all READ", "Read", "- - - -" },
        { "ignore:signed READ", "Read", "- - - -" },
        { "ignore:all READ,friend READ", "Read", "- A - -" },
        { "ignore:", "Read", "A - - -" },
        { "ignore:all FULL_CONTROL", "WriteAcp", "A - - -" },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Each_caller_may_what_was_granted(string grants, string demanded, string expected)
    {
        ArgumentNullException.ThrowIfNull(grants);
        var ignorePublic = grants.StartsWith("ignore:", StringComparison.Ordinal);
        var acl = Acl(ignorePublic ? grants["ignore:".Length..] : grants);
        string?[] callers = [Owner, Friend, Stranger, null];
        Assert.Equal(
            expected,
            string.Join(' ', callers.Select(caller =>
                Letter(acl.Allows(Enum.Parse<AclPermission>(demanded), caller, caller is not null, ignorePublic)))));
    }

    [Fact]
    public void Who_did_not_sign_is_not_the_owner_of_what_nobody_signed() => Assert.Equal(
        AclAllowance.None,
        new AccessControlList("65a011a29cdf8ec533ec3d1ccaae921c", null).Allows(Read, null, false, false));

    [Theory]
    [InlineData("", false, true)]
    [InlineData("none", false, true)]
    [InlineData("owner READ", false, true)]
    [InlineData("owner FULL_CONTROL,friend READ", false, false)]
    [InlineData("all READ", true, false)]
    [InlineData("signed READ_ACP", true, false)]
    [InlineData("logs WRITE", false, false)]
    public void Public_and_alone_are_told_from_the_grants(string grants, bool isPublic, bool isOwnersAlone)
    {
        var acl = Acl(grants);
        Assert.Equal((isPublic, isOwnersAlone), (acl.IsPublic, acl.IsOwnersAlone));
    }

    [Fact]
    public void What_nobody_has_to_keep_is_not_kept()
    {
        Assert.Null(Acl("").ToDocument());
        Assert.Null(Acl("owner FULL_CONTROL").ToDocument());
        Assert.NotNull(Acl("none").ToDocument());
        Assert.NotNull(Acl("owner READ").ToDocument());
        Assert.NotNull(Acl("friend FULL_CONTROL").ToDocument());
    }

    [Fact]
    public void Where_acls_are_disabled_the_owner_of_the_bucket_owns_everything_alone()
    {
        var open = Acl("all FULL_CONTROL").ToDocument()!;
        var bucket = new BucketRecord
        {
            Id = 1,
            Name = "bucket",
            Created = default,
            OwnerId = Owner,
            Region = "r",
            Settings = BucketSettings.None.With(BucketSetting.Acl, open.Bytes),
        };
        var version = new ObjectVersion
        {
            Key = ObjectKey.Parse("key"),
            VersionId = VersionId.Null,
            LastModified = default,
            IsLatest = true,
            OwnerId = Friend,
            Acl = open,
        };
        Assert.True(AccessControlList.Of(bucket).IsPublic);
        Assert.True(AccessControlList.Of(bucket, version).IsPublic);
        Assert.Equal(Friend, AccessControlList.Of(bucket, version).OwnerId);
        Assert.Equal(Friend, OwnershipControls.OwnerIn(bucket, Friend));

        bucket = bucket with { Settings = bucket.Settings.With(ObjectOwnership.BucketOwnerEnforced) };
        Assert.Equal(new AccessControlList(Owner, null), AccessControlList.Of(bucket));
        Assert.Equal(new AccessControlList(Owner, null), AccessControlList.Of(bucket, version));
        Assert.Equal(Owner, OwnershipControls.OwnerIn(bucket, Friend));
    }

    private static char Letter(AclAllowance allowance) => allowance switch
    {
        AclAllowance.ToAccount => 'A',
        AclAllowance.ToGroup => 'G',
        _ => '-',
    };

    private static AccessControlList Acl(string grants) => new(Owner, grants switch
    {
        "" => null,
        "none" => new AclGrants(),
        _ => new AclGrants(grants.Split(',').Select(Parse)),
    });

    private static AclGrant Parse(string grant)
    {
        var (who, permission) = (grant.Split(' ')[0], AclPermissions.Parse(grant.Split(' ')[1])!.Value);
        return who switch
        {
            "owner" => AclGrant.To(Owner, permission),
            "friend" => AclGrant.To(Friend, permission),
            "all" => AclGrant.To(AclGroup.AllUsers, permission),
            "signed" => AclGrant.To(AclGroup.AuthenticatedUsers, permission),
            "logs" => AclGrant.To(AclGroup.LogDelivery, permission),
            _ => throw new ArgumentException(who, nameof(grant)),
        };
    }
}

using CsCheck;
using ObjectServer.AccessControl;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.AccessControl;

public sealed class AclGrantsTests
{
    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Byte.Array[32].Select(Convert.ToHexStringLower),
        Gen.Byte.Array[32].Select(Convert.ToHexString),
        Gen.Byte.Array[16].Select(Convert.ToHexStringLower),
        Gen.String[0, 40]);

    private static readonly Gen<AclGrant> Grants =
        from permission in Gen.Int[0, AclPermissions.All.Length - 1].Select(at => AclPermissions.All[at])
        from grant in Gen.OneOf(
            Ids.Where(IsText).Select(id => AclGrant.To(id, permission)),
            Gen.Int[1, 3].Select(many => AclGrant.To((AclGroup)many, permission)))
        select grant;

    [Fact]
    public void What_is_kept_comes_back() => Grants.Array[0, 120].Sample(grants =>
    {
        var made = new AclGrants(grants);
        Assert.Equal(grants.Distinct(), made);
        Assert.Equal(made, AclGrants.Decode(made.Encode()));
    });

    [Fact]
    public void Bytes_that_were_not_made_here_are_damage_and_nothing_else() => Gen.Byte.Array[0, 80].Sample(bytes =>
    {
        try
        {
            var read = AclGrants.Decode(bytes);
            Assert.Equal(read, AclGrants.Decode(read.Encode()));
        }
        catch (CorruptDataException)
        {
        }
    });

    [Fact]
    public void A_cut_within_a_grant_is_damage()
    {
        var kept = new AclGrants(AclGrant.To(new string('a', 64), AclPermission.Read)).Encode();
        for (var length = 2; length < kept.Length; length++)
        {
            Assert.Throws<CorruptDataException>(() => AclGrants.Decode(kept[..length]));
        }

        Assert.Throws<CorruptDataException>(() => AclGrants.Decode(default));
    }

    [Fact]
    public void The_bytes_on_disk_are_these_for_ever()
    {
        var grants = new AclGrants(
            AclGrant.To(string.Concat(Enumerable.Repeat("ab", 32)), AclPermission.FullControl),
            AclGrant.To("me", AclPermission.WriteAcp),
            AclGrant.To(AclGroup.AllUsers, AclPermission.Read),
            AclGrant.To(AclGroup.AuthenticatedUsers, AclPermission.ReadAcp),
            AclGrant.To(AclGroup.LogDelivery, AclPermission.Write));
        Assert.Equal(
            "01" + "0F" + string.Concat(Enumerable.Repeat("AB", 32)) + "18026D65" + "21" + "34" + "42",
            Convert.ToHexString(grants.Encode().Span));
        Assert.Equal(
            "00 0F",
            string.Join(' ', new[] { PublicAccessBlock.None, PublicAccessBlock.All }.Select(
                block => Convert.ToHexString(block.Encode().Span))));
        Assert.Equal(
            ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
            Enum.GetValues<ObjectOwnership>().Select(OwnershipControls.NameOf));
    }

    private static bool IsText(string id) =>
        !id.Any(char.IsSurrogate) && System.Text.Encoding.UTF8.GetByteCount(id) <= byte.MaxValue;
}

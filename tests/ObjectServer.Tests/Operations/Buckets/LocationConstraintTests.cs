using ObjectServer.Operations.Buckets;

namespace ObjectServer.Tests.Operations.Buckets;

public sealed class LocationConstraintTests
{
    [Theory]
    [InlineData(null, "us-east-1")]
    [InlineData("", "us-east-1")]
    [InlineData(null, "eu-central-1")]
    [InlineData("eu-central-1", "eu-central-1")]
    [InlineData("EU", "eu-west-1")]
    [InlineData("homelab", "homelab")]
    public void A_bucket_may_lie_where_the_server_is(string? constraint, string region) =>
        Assert.Null(LocationConstraint.Judge(constraint, region));

    [Theory]
    [InlineData("eu-west-1", "us-east-1", "IllegalLocationConstraintException")]
    [InlineData("EU", "eu-central-1", "IllegalLocationConstraintException")]
    [InlineData("us-east-1", "us-east-1", "InvalidLocationConstraint")]
    [InlineData("nowhere-1", "us-east-1", "InvalidLocationConstraint")]
    public void A_bucket_may_lie_nowhere_else(string constraint, string region, string code) =>
        Assert.Equal(code, LocationConstraint.Judge(constraint, region)?.Code);

    [Fact]
    public void The_first_region_has_no_constraint()
    {
        Assert.Equal("", LocationConstraint.Of("us-east-1"));
        Assert.Equal("eu-west-1", LocationConstraint.Of("eu-west-1"));
    }
}

using Microsoft.AspNetCore.Http;
using ObjectServer.Authorization;
using ObjectServer.Identity;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Authorization;

public sealed class RequesterPaysTests
{
    private static readonly Account Owner = Account.Of("111122223333", "owner", DateTimeOffset.UnixEpoch);
    private static readonly Account Other = Account.Of("444455556666", "other", DateTimeOffset.UnixEpoch);

    [Fact]
    public void Nobody_but_the_requester_pays() =>
        Assert.Equal("InvalidArgument", Judge("owner", Caller.Root(Owner, "key"), requesterPays: false));

    [Theory]
    [InlineData(false, null, null)]
    [InlineData(true, null, "AccessDenied")]
    [InlineData(true, "requester", null)]
    public void Another_account_has_to_agree_to_pay(bool requesterPays, string? header, string? refusal) =>
        Assert.Equal(refusal, Judge(header, Caller.Root(Other, "key"), requesterPays));

    [Fact]
    public void The_owner_need_not_agree() => Assert.Null(Judge(null, Caller.Root(Owner, "key"), requesterPays: true));

    [Fact]
    public void Nobody_in_particular_cannot_agree() =>
        Assert.Equal("AccessDenied", Judge("requester", Caller.Anonymous, requesterPays: true));

    private static string? Judge(string? header, Caller caller, bool requesterPays)
    {
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers[RequesterPays.Header] = header;
        }

        var bucket = new BucketRecord
        {
            Id = 1,
            Name = "bucket",
            Created = DateTimeOffset.UnixEpoch,
            OwnerId = Owner.CanonicalId,
            Region = "us-east-1",
            Settings = RequesterPays.With(BucketSettings.None, requesterPays),
        };
        return RequesterPays.Judge(headers, caller, bucket)?.Code;
    }
}

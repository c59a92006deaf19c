using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Pipeline;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Pipeline;

public sealed class FailureTests
{
    [Theory]
    [InlineData(UnavailableReason.ReadOnly, "ServiceUnavailable", "read-only")]
    [InlineData(UnavailableReason.DiskNearlyFull, "ServiceUnavailable", "nearly full")]
    [InlineData(UnavailableReason.Closing, "ServiceUnavailable", "shutting down")]
    [InlineData(UnavailableReason.Overloaded, "SlowDown", "reduce")]
    public void A_store_that_takes_no_writes_says_why(UnavailableReason reason, string code, string says)
    {
        var failure = Failure.Of(new StoreUnavailableException(reason, "inside"), isClientGone: false);

        Assert.Equal((Blame.Unavailable, 503, code), (failure.Blame, failure.Error.StatusCode, failure.Error.Code));
        Assert.Contains(says, failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_tells_the_client_nothing_of_itself()
    {
        var failure = Failure.Of(new InvalidOperationException("a secret"), isClientGone: false);

        Assert.Equal((Blame.Fault, S3Errors.InternalError), (failure.Blame, failure.Error));
    }

    [Fact]
    public void Damaged_bytes_are_a_fault_of_ours() =>
        Assert.Equal(Blame.Fault, Failure.Of(new CorruptDataException("bad block"), isClientGone: false).Blame);

    [Fact]
    public void A_lost_connection_is_nobodys_fault() =>
        Assert.Equal(Blame.Gone, Failure.Of(new OperationCanceledException(), isClientGone: true).Blame);

    [Fact]
    public void A_cancellation_without_a_lost_connection_is_a_fault() =>
        Assert.Equal(Blame.Fault, Failure.Of(new OperationCanceledException(), isClientGone: false).Blame);

    [Fact]
    public void A_body_that_comes_too_slowly_times_out() => Assert.Equal(
        S3Errors.RequestTimeout,
        Failure.Of(new BadHttpRequestException("slow", StatusCodes.Status408RequestTimeout), isClientGone: false).Error);
}

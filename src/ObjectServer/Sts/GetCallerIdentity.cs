using ObjectServer.Query;

namespace ObjectServer.Sts;

/// <summary>GetCallerIdentity: who signs. No policy can take it from anybody.</summary>
/// <remarks>https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html</remarks>
internal static class GetCallerIdentity
{
    public static ValueTask<ResultWriter?> AnswerAsync(
        StsRequest request, CancellationToken cancellation) => new(xml => xml
        .Element("Arn", request.Caller.Arn)
        .Element("UserId", request.Caller.UserId)
        .Element("Account", request.Caller.AccountId));
}

using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Service;

/// <summary>What the operations of S3 Control share: each says in a header which account it means.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html</remarks>
internal static class AccountRequest
{
    public const string Header = "x-amz-account-id";

    /// <summary>Refuses to speak of any account but the caller's own.</summary>
    public static S3Error? Judge(S3Request request) => request.Header(Header) switch
    {
        { Length: 12 } id when id.All(char.IsAsciiDigit) =>
            id == request.Caller.AccountId
                ? null
                : S3Errors.AccessDenied.Because($"{Header} names another account than the caller's."),
        _ => S3Errors.InvalidRequest.Saying($"The value of {Header} must be an AWS Account ID of 12 digits."),
    };
}

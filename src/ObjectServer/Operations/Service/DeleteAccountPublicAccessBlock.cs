using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Service;

/// <summary>DELETE publicAccessBlock of S3 Control: an account has nothing against public access any more.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeletePublicAccessBlock.html</remarks>
internal sealed class DeleteAccountPublicAccessBlock(AccountBlocks blocks) : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Delete, TargetKind.Account) { Path = "configuration/publicAccessBlock" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutAccountPublicAccessBlock;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (AccountRequest.Judge(request) is { } refusal)
        {
            return refusal;
        }

        await blocks.PutAsync(request.Caller.CanonicalId, block: null, cancellation);
        return S3Response.Empty(StatusCodes.Status204NoContent);
    }
}

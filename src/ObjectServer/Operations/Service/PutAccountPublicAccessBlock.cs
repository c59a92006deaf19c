using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Service;

/// <summary>PUT publicAccessBlock of S3 Control: says what is done against public access to an account's buckets.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html</remarks>
internal sealed class PutAccountPublicAccessBlock(AccountBlocks blocks) : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Put, TargetKind.Account) { Path = "configuration/publicAccessBlock" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutAccountPublicAccessBlock;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (AccountRequest.Judge(request) is { } refusal)
        {
            return refusal;
        }

        var document = await request.Body.ReadDocumentAsync(
            PublicAccessBlock.MaxDocumentBytes, checksumRequired: false, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        await blocks.PutAsync(request.Caller.CanonicalId, PublicAccessBlock.ReadDocument(document), cancellation);
        return S3Response.Empty();
    }
}

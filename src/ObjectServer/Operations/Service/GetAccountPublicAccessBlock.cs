using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Service;

/// <summary>GET publicAccessBlock of S3 Control: what an account has against public access to its buckets.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html</remarks>
internal sealed class GetAccountPublicAccessBlock(AccountBlocks blocks) : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Get, TargetKind.Account) { Path = "configuration/publicAccessBlock" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetAccountPublicAccessBlock;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(
            AccountRequest.Judge(request) is { } refusal ? refusal
            : blocks.Find(request.Caller.CanonicalId) is { } block
                ? S3Response.Xml(xml => block.WriteDocument(
                    xml.Start(PublicAccessBlock.RootName, $"xmlns=\"{S3XmlWriter.ControlNamespace}\"")))
            : S3Errors.NoSuchPublicAccessBlockConfiguration.With("AccountId", request.Caller.AccountId));
}

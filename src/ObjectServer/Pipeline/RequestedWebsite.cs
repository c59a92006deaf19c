using ObjectServer.Addressing;
using ObjectServer.Storage.Model;

namespace ObjectServer.Pipeline;

/// <summary>The website that a request is for.</summary>
/// <param name="Target">The request's target.</param>
/// <param name="Host">The host that was asked, and maybe a port.</param>
/// <param name="BucketName">The bucket that the host names.</param>
/// <param name="Bucket">The bucket; null where there is none.</param>
internal sealed record RequestedWebsite(TargetParts Target, string Host, string BucketName, BucketRecord? Bucket);

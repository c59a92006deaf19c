using ObjectServer.Addressing;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>The address of an object, as Location elements and headers give it.</summary>
internal static class ObjectLocation
{
    /// <summary>In the style in which the request addressed the bucket, percent-encoded.</summary>
    public static string Of(S3Request request, ObjectKey key)
    {
        var path = string.Join('/', key.ToString().Split('/').Select(PercentEncoding.EncodeQuery));
        return request.Target.IsVirtualHosted
            ? $"{request.Scheme}://{request.Host}/{path}"
            : $"{request.Scheme}://{request.Host}/{request.Bucket.Name}/{path}";
    }
}

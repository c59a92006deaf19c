using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>The version that a request names.</summary>
internal static class RequestedVersion
{
    private const string Parameter = "versionId";

    public static bool IsIn(RawQuery query) => query.Contains(Parameter);

    /// <summary>Reads <c>versionId</c>; null where there is none.</summary>
    /// <exception cref="S3Exception">InvalidArgument: empty, or nothing that this server could have made.</exception>
    public static VersionId? Read(RawQuery query) => query.Find(Parameter) is { } text ? Parse(text) : null;

    /// <summary>Reads a version id.</summary>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public static VersionId Parse(string text)
    {
        if (text.Length == 0)
        {
            throw Invalid("Version id cannot be the empty string", text);
        }

        var versionId = VersionId.Parse(text);
        return ObjectStore.CouldExist(versionId) ? versionId : throw Invalid("Invalid version id specified", text);
    }

    private static S3Exception Invalid(string message, string value) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", Parameter)
        .With("ArgumentValue", value));
}

using ObjectServer.Errors;

namespace ObjectServer.Routing;

/// <summary>What a request was matched with: a row, or the refusal of a request that fits none.</summary>
internal readonly record struct RouteMatch(OperationRow? Row, S3Error? Refusal);

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ObjectServer.Denials;

/// <summary>The refusals of one request as JSON, for <c>/-/explain/</c> and whoever reads its answer.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<Denial>))]
internal sealed partial class DenialJson : JsonSerializerContext;

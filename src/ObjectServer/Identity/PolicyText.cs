using System.Text.Json;
using System.Text.Json.Serialization;
using ObjectServer.Policies;

namespace ObjectServer.Identity;

/// <summary>A policy as it was given, and what it says, read once.</summary>
/// <param name="text">JSON.</param>
/// <param name="kind">What it is attached to.</param>
[JsonConverter(typeof(IdentityPolicyJson))]
internal sealed class PolicyText(string text, PolicyKind kind = PolicyKind.Identity)
{
    private PolicyDocument? _document;

    public string Text { get; } = text;

    /// <summary>What it says.</summary>
    /// <exception cref="PolicyException">It is no policy. None that is not one is kept.</exception>
    public PolicyDocument Document => _document ??= PolicyDocument.Parse(Text, kind, int.MaxValue);

    public override string ToString() => Text;
}

/// <summary>A policy of a user, group or role, or a managed one, as a string.</summary>
internal sealed class IdentityPolicyJson : JsonConverter<PolicyText>
{
    public override PolicyText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, PolicyText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}

/// <summary>A trust policy, as a string.</summary>
internal sealed class TrustPolicyJson : JsonConverter<PolicyText>
{
    public override PolicyText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString()!, PolicyKind.Trust);

    public override void Write(Utf8JsonWriter writer, PolicyText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}

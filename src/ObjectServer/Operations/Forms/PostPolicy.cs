using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ObjectServer.Errors;
using ObjectServer.Http;

namespace ObjectServer.Operations.Forms;

/// <summary>What the signer of a form allows in it.</summary>
/// <param name="Expiration">When the permission ends.</param>
/// <param name="Conditions">What the fields must be, in the order of the document.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html</remarks>
internal sealed record PostPolicy(DateTimeOffset Expiration, ImmutableArray<PostCondition> Conditions)
{
    private const string Invalid = "Invalid Policy: ";
    private const string Unfulfilled = "Invalid according to Policy: ";

    /// <summary>Fields that no condition needs to speak of; nor of a checksum, which only guards the bytes.</summary>
    private static readonly HashSet<string> Free = new(StringComparer.OrdinalIgnoreCase)
    {
        "policy", "x-amz-signature", "signature", "AWSAccessKeyId", "file",
    };

    /// <summary>Reads the document as the form carries it, in Base64.</summary>
    /// <exception cref="S3Exception">InvalidPolicyDocument.</exception>
    public static PostPolicy Parse(string base64)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || !Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            throw Refuse("Invalid JSON.");
        }

        JsonNode? document;
        try
        {
            document = JsonNode.Parse(PolicyText.ToJson(Encoding.UTF8.GetString(bytes, 0, length)));
        }
        catch (JsonException malformed)
        {
            throw Refuse("Invalid JSON.", malformed);
        }

        try
        {
            return Read(document as JsonObject ?? throw Refuse("Invalid JSON."));
        }
        catch (Exception malformed) when (malformed is ArgumentException or InvalidOperationException)
        {
            // Members are read as they are asked for: one may be there twice, or be half a surrogate pair.
            throw Refuse("Invalid JSON.", malformed);
        }
    }

    /// <summary>Judges the fields of a form; what the policy says of the file's length it says itself.</summary>
    /// <param name="fields">Everything but the file, the bucket's name among it.</param>
    /// <param name="now">Compared with the expiration.</param>
    /// <returns>The first refusal, or null.</returns>
    public S3Error? Judge(IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        if (now >= Expiration)
        {
            return Deny("Policy expired.");
        }

        var covered = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var condition in Conditions)
        {
            if (!condition.IsMetBy(fields))
            {
                return Deny($"Policy Condition failed: {condition}");
            }

            covered.Add(condition.Field);
        }

        var extra = fields.Keys
            .Where(name => !covered.Contains(name)
                && !Free.Contains(name)
                && !name.StartsWith("x-ignore-", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase))
            .ToList();
        return extra.Count == 0 ? null : Deny($"Extra input fields: {string.Join(", ", extra)}");
    }

    /// <summary>The narrowest file length in bytes that all conditions allow together.</summary>
    public (long Min, long Max) FileLength() => Conditions
        .Where(condition => condition.Range is not null)
        .Aggregate(
            (Min: 0L, Max: long.MaxValue),
            (limits, next) =>
                (Math.Max(limits.Min, next.Range!.Value.Min), Math.Min(limits.Max, next.Range.Value.Max)));

    private static PostPolicy Read(JsonObject document)
    {
        if (document["expiration"] is not JsonValue expiration)
        {
            throw Refuse("Policy missing expiration.");
        }

        if (!expiration.TryGetValue(out string? text) || !HttpDates.TryParseIso8601(text, out var time))
        {
            throw Refuse($"Invalid 'expiration' value: '{expiration}'");
        }

        return document["conditions"] is JsonArray conditions
            ? new(time, [.. conditions.Select(Read)])
            : throw Refuse("Policy missing conditions.");
    }

    private static PostCondition Read(JsonNode? condition) => condition switch
    {
        JsonObject { Count: 1 } simple when TryRead(simple.Single().Value, out var value) =>
            new("eq", "$" + simple.Single().Key, value),
        JsonObject => throw Refuse(
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
        JsonArray { Count: 3 } list
            when TryRead(list[0], out var operation) && PostCondition.IsOperation(operation)
            && TryRead(list[1], out var first) && TryRead(list[2], out var second) =>
            new(operation.ToLowerInvariant(), first, second),
        JsonArray => throw Refuse("Invalid Condition: a condition is an operation and two arguments."),
        _ => throw Refuse("Invalid JSON."),
    };

    /// <summary>Texts, and numbers as they were written.</summary>
    private static bool TryRead(JsonNode? node, [NotNullWhen(true)] out string? text)
    {
        text = node is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            ? node.ToString()
            : null;
        return text is not null;
    }

    private static S3Exception Refuse(string complaint, Exception? cause = null) =>
        new(S3Errors.InvalidPolicyDocument.Saying(Invalid + complaint), cause);

    private static S3Error Deny(string complaint) => S3Errors.AccessDenied.Saying(Unfulfilled + complaint);
}

/// <summary>One condition: <c>["eq", "$field", "value"]</c>, or the same of another operation.</summary>
/// <param name="Operation"><c>eq</c>, <c>starts-with</c> or <c>content-length-range</c>.</param>
/// <param name="First">A field behind a dollar sign; the least length of the file.</param>
/// <param name="Second">The value; the greatest length of the file.</param>
internal sealed record PostCondition(string Operation, string First, string Second)
{
    private const string LengthRange = "content-length-range";

    /// <summary>The field that is spoken of; empty for none.</summary>
    public string Field => Operation != LengthRange && First.StartsWith('$') ? First[1..] : "";

    /// <summary>The lengths in bytes that the file may have; null where the condition gives none.</summary>
    public (long Min, long Max)? Range =>
        Operation == LengthRange && TryParse(First, out var min) && TryParse(Second, out var max) ? (min, max) : null;

    public static bool IsOperation(string name) =>
        name.Equals("eq", StringComparison.OrdinalIgnoreCase)
        || name.Equals("starts-with", StringComparison.OrdinalIgnoreCase)
        || name.Equals(LengthRange, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it holds of the fields; the file's length is judged as the file arrives.</summary>
    public bool IsMetBy(IReadOnlyDictionary<string, string> fields)
    {
        if (Operation == LengthRange)
        {
            return Range is not null;
        }

        if (Field.Length == 0 || !fields.TryGetValue(Field, out var value))
        {
            return false;
        }

        return Operation == "eq" ? value == Second
            : Field.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
                ? value.Split(',').All(type => type.Trim().StartsWith(Second, StringComparison.Ordinal))
                : value.StartsWith(Second, StringComparison.Ordinal);
    }

    /// <summary>As S3 quotes it in refusals.</summary>
    public override string ToString() =>
        $"[{Quote(Operation)}, {Quote(First)}, {Quote(Second)}]";

    private static string Quote(string text) => $"\"{text}\"";

    private static bool TryParse(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}

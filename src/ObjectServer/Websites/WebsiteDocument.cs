using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Websites;

/// <summary>The document that makes a bucket a website: read from requests and from what is kept, written to answers.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html</remarks>
internal static class WebsiteDocument
{
    private const int MaxRules = 50;

    private static readonly ImmutableArray<int> RedirectCodes = [301, 302, 303, 304, 305, 307, 308];

    /// <exception cref="S3Exception">MalformedXML; InvalidArgument or InvalidRequest with what is wrong.</exception>
    public static WebsiteConfiguration Read(ReadOnlyMemory<byte> document)
    {
        var root = S3XmlReader.Parse(document, "WebsiteConfiguration");
        Expect(root, "RedirectAllRequestsTo", "IndexDocument", "ErrorDocument", "RoutingRules");
        if (root.Child("RedirectAllRequestsTo") is { } all)
        {
            return root.Children.Count == 1
                ? new() { RedirectAll = ReadRedirectAll(all) }
                : throw InvalidArgument(
                    "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                    "RedirectAllRequestsTo",
                    "not null");
        }

        return root.Child("IndexDocument") is { } index
            ? new()
            {
                IndexSuffix = ReadSuffix(index),
                ErrorKey = root.Child("ErrorDocument") is { } error ? ReadErrorKey(error) : null,
                Rules = root.Child("RoutingRules") is { } rules ? ReadRules(rules) : [],
            }
            : throw InvalidArgument(
                "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
                "IndexDocument",
                "null");
    }

    /// <summary>Writes it from its root on.</summary>
    public static void Write(S3XmlWriter xml, WebsiteConfiguration configuration)
    {
        xml.Root("WebsiteConfiguration");
        if (configuration.RedirectAll is { } all)
        {
            xml.Start("RedirectAllRequestsTo")
                .Element("HostName", all.HostName)
                .Element("Protocol", all.Protocol)
                .End("RedirectAllRequestsTo");
        }
        else
        {
            xml.Start("IndexDocument").Element("Suffix", configuration.IndexSuffix).End("IndexDocument");
        }

        if (configuration.ErrorKey is { } error)
        {
            xml.Start("ErrorDocument").Element("Key", error.ToString()).End("ErrorDocument");
        }

        if (!configuration.Rules.IsEmpty)
        {
            xml.Start("RoutingRules");
            foreach (var rule in configuration.Rules)
            {
                WriteRule(xml, rule);
            }

            xml.End("RoutingRules");
        }

        xml.End("WebsiteConfiguration");
    }

    private static void WriteRule(S3XmlWriter xml, RoutingRule rule)
    {
        xml.Start("RoutingRule");
        if (rule.KeyPrefix is not null || rule.ErrorCode is not null)
        {
            xml.Start("Condition")
                .Element("KeyPrefixEquals", rule.KeyPrefix)
                .Element("HttpErrorCodeReturnedEquals", Text(rule.ErrorCode))
                .End("Condition");
        }

        xml.Start("Redirect")
            .Element("Protocol", rule.Redirect.Protocol)
            .Element("HostName", rule.Redirect.HostName)
            .Element("ReplaceKeyPrefixWith", rule.Redirect.KeyPrefix)
            .Element("ReplaceKeyWith", rule.Redirect.Key)
            .Element("HttpRedirectCode", Text(rule.Redirect.StatusCode))
            .End("Redirect")
            .End("RoutingRule");
    }

    private static RedirectRule ReadRedirectAll(S3XmlElement element)
    {
        Expect(element, "HostName", "Protocol");
        var host = TextOf(element, "HostName") ?? throw Malformed();
        return host.Length > 0
            ? new() { HostName = host, Protocol = ReadProtocol(element) }
            : throw Invalid("A host name must be provided to redirect all requests (e.g. \"example.com\").");
    }

    private static string ReadSuffix(S3XmlElement element)
    {
        Expect(element, "Suffix");
        var suffix = TextOf(element, "Suffix") ?? throw Malformed();
        return IsKey(suffix) && !suffix.Contains('/', StringComparison.Ordinal)
            ? suffix
            : throw InvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
    }

    private static ObjectKey ReadErrorKey(S3XmlElement element)
    {
        Expect(element, "Key");
        var key = TextOf(element, "Key") ?? throw Malformed();
        return IsKey(key)
            ? ObjectKey.Parse(key)
            : throw InvalidArgument("The ErrorDocument Key is not well formed", "ErrorDocument", key);
    }

    private static ImmutableArray<RoutingRule> ReadRules(S3XmlElement element)
    {
        var count = element.Children.Count;
        if (count == 0 || element.Children.Any(child => child.Name != "RoutingRule"))
        {
            throw Malformed();
        }

        return count <= MaxRules
            ? [.. element.Children.Select(ReadRule)]
            : throw Invalid(
                $"{count} routing rules provided, the number of routing rules in a website configuration is limited to "
                + $"{MaxRules}.");
    }

    private static RoutingRule ReadRule(S3XmlElement element)
    {
        Expect(element, "Condition", "Redirect");
        var redirect = ReadRedirect(element.Child("Redirect") ?? throw Malformed());
        if (element.Child("Condition") is not { } condition)
        {
            return new() { Redirect = redirect };
        }

        Expect(condition, "KeyPrefixEquals", "HttpErrorCodeReturnedEquals");
        return condition.Children.Count > 0
            ? new()
            {
                KeyPrefix = TextOf(condition, "KeyPrefixEquals"),
                ErrorCode = ReadCode(
                    TextOf(condition, "HttpErrorCodeReturnedEquals"),
                    code => code is >= 400 and < 600,
                    code => $"The provided HTTP error code ({code}) is not valid. Valid codes are 4XX or 5XX."),
                Redirect = redirect,
            }
            : throw Invalid(
                "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't "
                + "be present.");
    }

    private static RedirectRule ReadRedirect(S3XmlElement element)
    {
        Expect(element, "HostName", "HttpRedirectCode", "Protocol", "ReplaceKeyPrefixWith", "ReplaceKeyWith");
        if (element.Children.Count == 0)
        {
            throw Malformed();
        }

        var redirect = new RedirectRule
        {
            Protocol = ReadProtocol(element),
            HostName = TextOf(element, "HostName"),
            KeyPrefix = TextOf(element, "ReplaceKeyPrefixWith"),
            Key = TextOf(element, "ReplaceKeyWith"),
            StatusCode = ReadCode(
                TextOf(element, "HttpRedirectCode"),
                code => RedirectCodes.Contains(code),
                code => $"The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300."),
        };
        return redirect switch
        {
            { HostName: "" } => throw Invalid(
                "The HostName cannot be blank. To redirect within the same domain, the element should not be present."),
            { Key: not null, KeyPrefix: not null } => throw Invalid(
                "You can only define ReplaceKeyPrefix or ReplaceKey but not both."),
            _ => redirect,
        };
    }

    private static string? ReadProtocol(S3XmlElement element) => TextOf(element, "Protocol") switch
    {
        null => null,
        ("http" or "https") and var protocol => protocol,
        _ => throw Invalid(
            "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically."),
    };

    private static int? ReadCode(string? text, Func<int, bool> isValid, Func<int, string> refuse)
    {
        if (text is null)
        {
            return null;
        }

        if (!int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw Malformed();
        }

        return isValid(code) ? code : throw Invalid(refuse(code));
    }

    /// <summary>Whether an object could be called so. A character reference may bring what no key has.</summary>
    private static bool IsKey(string text) =>
        ObjectKey.Parse(text).Length is > 0 and <= ObjectKey.MaxBytes && !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>
    /// Refuses children of other names, two of one name, and half a surrogate pair, which character references may bring.
    /// </summary>
    private static void Expect(S3XmlElement element, params ReadOnlySpan<string> names)
    {
        foreach (var child in element.Children)
        {
            if (!names.Contains(child.Name) || !ReferenceEquals(element.Child(child.Name), child) || !IsText(child.Text))
            {
                throw Malformed();
            }
        }
    }

    /// <summary>The text of a child, which is all that it may hold; null where there is no such child.</summary>
    private static string? TextOf(S3XmlElement element, string name) => element.Child(name) switch
    {
        null => null,
        { Children.Count: > 0 } => throw Malformed(),
        { Text: var text } => text,
    };

    private static bool IsText(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var used) != OperationStatus.Done)
            {
                return false;
            }

            text = text[used..];
        }

        return true;
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);

    private static S3Exception Invalid(string message) => new(S3Errors.InvalidRequest.Saying(message));

    private static S3Exception InvalidArgument(string message, string name, string value) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", name)
        .With("ArgumentValue", value));
}

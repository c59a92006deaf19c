using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Xml;

namespace ObjectServer.Cors;

/// <summary>The document that carries the rules: read from requests and from what is kept, written to answers.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html</remarks>
internal static class CorsDocument
{
    private const int MaxRules = 100;
    private const int MaxIdLength = 255;

    private static readonly ImmutableArray<string> Methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    /// <summary>Whether a rule can allow a method; their names are case-sensitive.</summary>
    public static bool IsMethod(string? method) => method is not null && Methods.Contains(method);

    /// <exception cref="S3Exception">MalformedXML, or InvalidRequest with what is wrong.</exception>
    public static CorsConfiguration Read(ReadOnlyMemory<byte> document)
    {
        var root = S3XmlReader.Parse(document, "CORSConfiguration");
        if (root.Children.Count == 0 || root.Children.Any(child => child.Name != "CORSRule"))
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        return root.Children.Count <= MaxRules
            ? new([.. root.Children.Select(ReadRule)])
            : throw Invalid($"The number of CORS rules should not exceed allowed limit of {MaxRules} rules.");
    }

    /// <summary>Writes it from its root on, with nothing in it that says nothing.</summary>
    public static void Write(S3XmlWriter xml, CorsConfiguration configuration)
    {
        xml.Root("CORSConfiguration");
        foreach (var rule in configuration.Rules)
        {
            WriteRule(xml.Start("CORSRule"), rule);
            xml.End("CORSRule");
        }

        xml.End("CORSConfiguration");
    }

    private static void WriteRule(S3XmlWriter xml, CorsRule rule)
    {
        xml.Element("ID", rule.Id);
        WriteAll(xml, "AllowedHeader", rule.Headers.Select(pattern => pattern.Text));
        WriteAll(xml, "AllowedMethod", rule.Methods);
        WriteAll(xml, "AllowedOrigin", rule.Origins.Select(pattern => pattern.Text));
        WriteAll(xml, "ExposeHeader", rule.ExposedHeaders);
        if (rule.MaxAgeSeconds is { } seconds)
        {
            xml.Element("MaxAgeSeconds", seconds);
        }
    }

    private static void WriteAll(S3XmlWriter xml, string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            xml.Element(name, value);
        }
    }

    private static CorsRule ReadRule(S3XmlElement element)
    {
        var headers = ImmutableArray.CreateBuilder<CorsPattern>();
        var methods = ImmutableArray.CreateBuilder<string>();
        var origins = ImmutableArray.CreateBuilder<CorsPattern>();
        var exposed = ImmutableArray.CreateBuilder<string>();
        string? id = null;
        int? maxAge = null;
        foreach (var child in element.Children)
        {
            switch (child)
            {
                case { Children.Count: > 0 }:
                    throw new S3Exception(S3Errors.MalformedXML);
                case { Name: "ID" } when id is null:
                    id = ReadId(child.Text);
                    break;
                case { Name: "AllowedHeader" }:
                    headers.Add(ReadPattern(child));
                    break;
                case { Name: "AllowedMethod" }:
                    methods.Add(ReadMethod(child.Text));
                    break;
                case { Name: "AllowedOrigin" }:
                    origins.Add(ReadPattern(child));
                    break;
                case { Name: "ExposeHeader" }:
                    exposed.Add(ReadExposed(child.Text));
                    break;
                case { Name: "MaxAgeSeconds" } when maxAge is null:
                    maxAge = ReadSeconds(child.Text);
                    break;
                default:
                    throw new S3Exception(S3Errors.MalformedXML);
            }
        }

        return methods.Count == 0 || origins.Count == 0
            ? throw new S3Exception(S3Errors.MalformedXML)
            : new()
            {
                Id = id,
                Headers = headers.ToImmutable(),
                Methods = methods.ToImmutable(),
                Origins = origins.ToImmutable(),
                ExposedHeaders = exposed.ToImmutable(),
                MaxAgeSeconds = maxAge,
            };
    }

    private static string ReadId(string text) => text.Length <= MaxIdLength
        ? text
        : throw new S3Exception(S3Errors.InvalidArgument
            .Saying($"ID length should not exceed allowed limit of {MaxIdLength}")
            .With("ArgumentName", "ID")
            .With("ArgumentValue", text));

    private static string ReadMethod(string text) => IsMethod(text)
        ? text
        : throw Invalid($"Found unsupported HTTP method in CORS config. Unsupported method is {text}");

    private static CorsPattern ReadPattern(S3XmlElement element) =>
        element.Text.Length == 0 ? throw new S3Exception(S3Errors.MalformedXML)
        : CorsPattern.HasManyAsterisks(element.Text)
            ? throw Invalid($"{element.Name} \"{element.Text}\" can not have more than one wildcard.")
        : new(element.Text);

    private static string ReadExposed(string text)
    {
        if (text.Contains('*', StringComparison.Ordinal))
        {
            throw Invalid(
                $"ExposeHeader \"{text}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
        }

        // It goes into answers as it is.
        return text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character)
            || "!#$%&'+-.^_`|~".Contains(character, StringComparison.Ordinal))
            ? text
            : throw Invalid($"ExposeHeader \"{text}\" is not the name of a header.");
    }

    private static int ReadSeconds(string text) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw new S3Exception(S3Errors.MalformedXML);

    private static S3Exception Invalid(string message) => new(S3Errors.InvalidRequest.Saying(message));
}

using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;

namespace ObjectServer.Authentication;

/// <summary>The form of a request that client and server both sign, however each of them spells it.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#canonical-request. Unlike other
/// services, S3 encodes the path once and does not normalise it.
/// </remarks>
internal readonly ref struct CanonicalRequest
{
    /// <summary>The method, in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query as sent.</summary>
    public required S3Target Target { get; init; }

    /// <summary>Every header of the request.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>Which of them count.</summary>
    public required SignedHeaders SignedHeaders { get; init; }

    /// <summary>The last line: the body's SHA-256 or the word that stands for it.</summary>
    public required string PayloadToken { get; init; }

    /// <summary>Appends the canonical request.</summary>
    public void WriteTo(ref PooledText text)
    {
        text.AppendLine(Method);
        text.AppendLine(PercentEncoding.CanonicalPath(Target.Path));
        WriteQuery(ref text);
        foreach (var name in SignedHeaders.Names)
        {
            WriteHeader(ref text, name);
        }

        text.Append("\n"u8);
        text.AppendLine(SignedHeaders.Text);
        text.Append(PayloadToken);
    }

    /// <summary>Parameters by their encoded names, then values; the signature cannot cover itself.</summary>
    private void WriteQuery(ref PooledText text)
    {
        var parameters = new (string Name, string Value)[Target.Query.Parameters.Length];
        var count = 0;
        foreach (var parameter in Target.Query.Parameters)
        {
            if (parameter.Name != PresignedQuery.SignatureName)
            {
                parameters[count++] =
                    (PercentEncoding.EncodeQuery(parameter.Name), PercentEncoding.EncodeQuery(parameter.Value));
            }
        }

        var sorted = parameters.AsSpan(0, count);
        sorted.Sort(static (left, right) =>
            string.CompareOrdinal(left.Name, right.Name) is var byName and not 0
                ? byName
                : string.CompareOrdinal(left.Value, right.Value));

        var separator = ""u8;
        foreach (var (name, value) in sorted)
        {
            text.Append(separator);
            text.Append(name);
            text.Append("="u8);
            text.Append(value);
            separator = "&"u8;
        }

        text.Append("\n"u8);
    }

    /// <summary>One line, <c>name:value,value</c>; a header that the request does not have reads as empty.</summary>
    private void WriteHeader(ref PooledText text, string name)
    {
        text.Append(name.ToLowerInvariant());
        var separator = ":"u8;
        foreach (var value in Headers[name])
        {
            text.Append(separator);
            WriteFolded(ref text, value);
            separator = ","u8;
        }

        text.Append(separator is [(byte)':'] ? ":\n"u8 : "\n"u8);
    }

    /// <summary>A value without white space around it, and with one space for every run of it inside.</summary>
    private static void WriteFolded(ref PooledText text, ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t");
        while (value.IndexOfAny(' ', '\t') is var end and >= 0)
        {
            text.Append(value[..end]);
            text.Append(" "u8);
            value = value[end..].TrimStart(" \t");
        }

        text.Append(value);
    }
}

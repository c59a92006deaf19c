using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Addressing;
using ObjectServer.Authentication;

namespace ObjectServer.Authorization;

/// <summary>What of a request bears on what it is allowed, whatever it is for.</summary>
internal readonly record struct RequestFacts
{
    /// <summary>The headers, with those that a presigned URL brings; the fields, where a form was sent.</summary>
    public required IHeaderDictionary Headers { get; init; }

    public required RawQuery Query { get; init; }

    public required AuthType AuthType { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The connection; null where there is none.</summary>
    public IHttpConnectionFeature? Connection { get; init; }

    /// <summary>Null without TLS, or where a proxy ended it.</summary>
    public ITlsHandshakeFeature? Tls { get; init; }

    public bool IsSecure { get; init; }

    /// <summary>The client's address; null where the connection has none.</summary>
    public IPAddress? Remote => Connection?.RemoteIpAddress;

    /// <summary>The version of TLS, e.g. <c>1.3</c>; null without TLS.</summary>
    public string? TlsVersion => Tls?.Protocol switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };

    /// <summary>The region that this server says it is in.</summary>
    public required string Region { get; init; }

    /// <summary>Those of a request over a connection.</summary>
    /// <param name="http">The connection.</param>
    /// <param name="headers">The headers, with those that a presigned URL brings.</param>
    /// <param name="query">The query, as far as it means anything.</param>
    /// <param name="authType">Where the signature is.</param>
    /// <param name="now">When it is decided.</param>
    /// <param name="region">The region that this server says it is in.</param>
    public static RequestFacts Of(
        HttpContext http, IHeaderDictionary headers, RawQuery query, AuthType authType, DateTimeOffset now, string region) =>
        new()
        {
            Headers = headers,
            Query = query,
            AuthType = authType,
            Now = now,
            Connection = http.Features.Get<IHttpConnectionFeature>(),
            Tls = http.Features.Get<ITlsHandshakeFeature>(),
            IsSecure = http.Request.IsHttps,
            Region = region,
        };

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) =>
        Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}

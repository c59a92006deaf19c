using System.Collections.Concurrent;

namespace ObjectServer.Authentication;

/// <summary>Reads Authorization headers of Signature Version 4.</summary>
/// <param name="served">The scopes that are served.</param>
/// <remarks>A client's headers of one day differ in their signatures only, so what stands before is remembered.</remarks>
internal sealed class AuthorizationReader(ServedScopes served)
{
    private const string SignaturePart = "Signature=";

    /// <summary>Clients name headers and keys as they like: two bounds keep them from filling memory.</summary>
    private const int MaxKnown = 1024;
    private const int MaxKnownLength = 512;

    private readonly ConcurrentDictionary<string, AuthorizationHeader> _known = new(StringComparer.Ordinal);

    /// <summary>Reads a header's value, as <see cref="AuthorizationHeader.Parse"/> does.</summary>
    public AuthorizationHeader Read(string value)
    {
        var part = value.LastIndexOf(SignaturePart, StringComparison.Ordinal);
        var signatureAt = part + SignaturePart.Length;
        if (part < 0 || signatureAt > MaxKnownLength || value.AsSpan(signatureAt).ContainsAny(", \t"))
        {
            return AuthorizationHeader.Parse(value, served);
        }

        var signature = value.AsSpan(signatureAt);
        var before = value.AsSpan(0, signatureAt);
        if (!signature.IsEmpty && _known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(before, out var known))
        {
            return known with { Signature = signature.ToString() };
        }

        var header = AuthorizationHeader.Parse(value, served);
        if (signature.SequenceEqual(header.Signature))
        {
            if (_known.Count >= MaxKnown)
            {
                _known.Clear();
            }

            _known[before.ToString()] = header;
        }

        return header;
    }
}

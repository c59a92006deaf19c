using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ObjectServer.Policies;

/// <summary>A range of IP addresses in CIDR form; an address alone is a range of one.</summary>
/// <param name="Address">Any address of it.</param>
/// <param name="PrefixBits">How many bits of 32 or 128 all of it share.</param>
internal readonly record struct AddressRange(AddressRange.Number Address, int PrefixBits)
{
    private const int Ipv4Bits = 32;
    private const int Ipv6Bits = 128;

    /// <summary>
    /// Whether the range is too broad to keep anybody out: broader than /8, or than /32 of IPv6. No private one is.
    /// </summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html</remarks>
    public bool IsBroad => Address.IsIpv4 ? PrefixBits < 8 : PrefixBits < 32;

    /// <summary>Reads a range. Null: it is none.</summary>
    public static AddressRange? Parse(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (ParseAddress(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        var bits = address.IsIpv4 ? Ipv4Bits : Ipv6Bits;
        if (slash < 0)
        {
            return new(address, bits);
        }

        if (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix))
        {
            return null;
        }

        // The bits before an address of IPv4 in IPv6's clothes.
        prefix -= address.IsIpv4 && text.Contains(':') ? Ipv6Bits - Ipv4Bits : 0;
        return prefix >= 0 && prefix <= bits ? new(address, prefix) : null;
    }

    /// <summary>
    /// Reads an address: four decimal numbers, or IPv6 without a zone. One of IPv4 in IPv6's clothes is of IPv4.
    /// </summary>
    public static Number? ParseAddress(ReadOnlySpan<char> text)
    {
        if (!text.Contains(':'))
        {
            return ParseIpv4(text) is { } number ? new(number, IsIpv4: true) : null;
        }

        if (text.Contains('%') || text.Contains('[') || !IPAddress.TryParse(text, out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[Ipv6Bits / 8];
        address.TryWriteBytes(bytes, out _);
        var value = new UInt128(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return address.IsIPv4MappedToIPv6 ? new((uint)value, IsIpv4: true) : new(value, IsIpv4: false);
    }

    /// <summary>Whether an address lies in the range. One of the other version never does.</summary>
    public bool Contains(Number address)
    {
        if (address.IsIpv4 != Address.IsIpv4)
        {
            return false;
        }

        var free = (address.IsIpv4 ? Ipv4Bits : Ipv6Bits) - PrefixBits;
        return free >= Ipv6Bits || (address.Value ^ Address.Value) >> free == UInt128.Zero;
    }

    private static UInt128? ParseIpv4(ReadOnlySpan<char> text)
    {
        var value = 0u;
        for (var part = 0; part < 4; part++)
        {
            var end = part == 3 ? text.Length : text.IndexOf('.');
            if (end is < 1 or > 3
                || !byte.TryParse(text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            value = (value << 8) | number;
            text = text[Math.Min(end + 1, text.Length)..];
        }

        return value;
    }

    /// <summary>An address as a number.</summary>
    internal readonly record struct Number(UInt128 Value, bool IsIpv4);
}

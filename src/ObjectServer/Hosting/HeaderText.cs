using System.Text;
using System.Text.Unicode;

namespace ObjectServer.Hosting;

/// <summary>
/// How header fields that may hold more than ASCII are read: as UTF-8 where they are that, else as ISO 8859-1.
/// Clients send both, and sign both as UTF-8.
/// </summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc9110#section-5.5</remarks>
internal sealed class HeaderText : Encoding
{
    private static readonly HeaderText Instance = new();

    private HeaderText()
    {
    }

    /// <summary>For Kestrel: null, its own strict and fast way, where nothing but ASCII has any business.</summary>
    public static Encoding? ForRequest(string header) => header switch
    {
        "Content-Length" or "Content-MD5" or "x-amz-content-sha256" or "x-amz-date" => null,
        _ when header.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) => Instance,
        _ => null,
    };

    /// <summary>What a client once put into a header goes out in ISO 8859-1; what the server makes is ASCII.</summary>
    public static Encoding? ForResponse(string header) => header switch
    {
        "Accept-Ranges" or "Content-Length" or "Date" or "ETag" or "Last-Modified" or "Server" => null,
        "x-amz-id-2" or "x-amz-request-id" or "x-amz-version-id" => null,
        _ => Latin1,
    };

    public override int GetByteCount(char[] chars, int index, int count) => UTF8.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        UTF8.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) =>
        For(bytes.AsSpan(index, count)).GetCharCount(bytes, index, count);

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => For(bytes).GetCharCount(bytes);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        For(bytes.AsSpan(byteIndex, byteCount)).GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars) => For(bytes).GetChars(bytes, chars);

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount);

    public override int GetMaxCharCount(int byteCount) => byteCount + 1;

    private static Encoding For(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? UTF8 : Latin1;
}

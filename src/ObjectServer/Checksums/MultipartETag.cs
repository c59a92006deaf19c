using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Checksums;

/// <summary>The ETag of a multipart object: the MD5 of its parts' MD5s, a dash, and their number.</summary>
internal sealed class MultipartETag : IDisposable
{
    private readonly ChecksumHasher _hasher = ChecksumHasher.Create(ChecksumAlgorithm.Md5);
    private int _parts;

    /// <summary>Adds the MD5 of the next part, 16 bytes.</summary>
    public void Append(ReadOnlySpan<byte> partMd5)
    {
        _hasher.Append(partMd5);
        _parts++;
    }

    /// <summary>The ETag without quotes, e.g. <c>9b2cf535f27731c974343645a3985328-2</c>.</summary>
    public string Finish() =>
        string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(_hasher.Finish())}-{_parts}");

    public void Dispose() => _hasher.Dispose();
}

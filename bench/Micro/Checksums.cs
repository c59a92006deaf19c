using BenchmarkDotNet.Attributes;
using ObjectServer.Checksums;
using ObjectServer.Storage.Model;

namespace ObjectServer.Bench.Micro;

/// <summary>Each checksum that S3 knows over 1 MiB, and what an ordinary PUT computes: MD5 and CRC64NVME together.</summary>
public class Checksums
{
    private readonly byte[] _content = new byte[1 << 20];

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_content);

    [Benchmark]
    [ArgumentsSource(nameof(Algorithms))]
    public byte[] One(ChecksumAlgorithm algorithm) => ChecksumHasher.Hash(algorithm, _content);

    [Benchmark]
    public object OfAnOrdinaryPut()
    {
        using var hashes = new ContentHashes(ContentHashes.DefaultAlgorithm, needsSha256: false);
        hashes.Append(_content);
        return hashes.Finish();
    }

    public static IEnumerable<ChecksumAlgorithm> Algorithms() => Enum.GetValues<ChecksumAlgorithm>();
}

using System.Text;
using BenchmarkDotNet.Attributes;
using ObjectServer.Storage.Listing;

namespace ObjectServer.Bench.Micro;

/// <summary>Folding 1,000 keys into a page, without a store.</summary>
public class Listings
{
    private readonly byte[][] _keys = [.. Enumerable.Range(0, 1_000).Select(number =>
        Encoding.ASCII.GetBytes($"folder/{number / 10:d4}/object-{number:d8}"))];

    [Benchmark]
    public int KeysAlone() => Fold(new ListingFold("folder/"u8.ToArray(), default, 1_000));

    [Benchmark]
    public int HundredPrefixes() => Fold(new ListingFold("folder/"u8.ToArray(), "/"u8.ToArray(), 1_000));

    private int Fold(ListingFold fold)
    {
        var listed = 0;
        foreach (var key in _keys)
        {
            listed += fold.Place(key) == Placement.Listed ? 1 : 0;
        }

        return listed + fold.CommonPrefixes.Count;
    }
}

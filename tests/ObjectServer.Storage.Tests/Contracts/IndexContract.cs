using System.Text;
using CsCheck;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>What every index does.</summary>
public abstract class IndexContract : IDisposable
{
    private static readonly int[] CutLengths = [1, 3, 999, 1000, 1001, 1050, 1999, 2000, 2001, 2048];

    /// <summary>Keys around the lengths at which they are cut, that share long beginnings.</summary>
    private static readonly Gen<byte[]> Keys = Gen.Select(
        Gen.Int[0, CutLengths.Length - 1].Select(at => CutLengths[at]), Gen.Byte[0, 2], Gen.Byte[0, 2],
        (length, fill, last) =>
        {
            var key = new byte[length];
            key.AsSpan().Fill(fill);
            key[^1] = last;
            return key;
        });

    private readonly TemporaryDirectory _temporary = new();

    /// <summary>Opens the index of a folder, making an empty one if there is none.</summary>
    private protected abstract IIndex Open(string path);

    public void Dispose()
    {
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Reads_are_right_while_changes_are_applied()
    {
        const int Known = 2_000;
        using var index = Open(_temporary["index"]);
        ulong revision = 1;
        Apply(Enumerable.Range(0, Known));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() =>
        {
            for (var round = reader; !stop.IsCancellationRequested; round++)
            {
                Assert.True(index.TryGet(Key(round % Known), out _));
                Assert.Equal(10, index.Scan(new MetadataRange(Key(round % 1000), default), 10).Count);
            }
        })).ToArray();
        for (var batch = 1; batch <= 8; batch++)
        {
            revision++;
            Apply(Enumerable.Range(batch * Known, Known).Append(batch));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(9 * Known, index.Scan(default, 10 * Known).Count);

        byte[] Key(int number) => Encoding.ASCII.GetBytes($"key/{number:x8}");

        void Apply(IEnumerable<int> numbers) => index.Apply(
            [.. numbers.Select(number => new IndexChange(Key(number), Entry(revision)))],
            _ => { },
            () => new IndexState(new JournalPosition(revision, 1, 64), new Totals()));
    }

    [Fact]
    public void Puts_and_removals_of_keys_of_every_length_are_a_sorted_map()
    {
        var round = 0;
        Gen.Select(Gen.Select(Keys, Gen.Bool).Array[1, 60], Keys, Gen.Int[1, 10]).Sample(
            (changes, start, limit) =>
            {
                using var index = Open(_temporary[$"index{round++}"]);
                var model = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
                ulong revision = 0;
                foreach (var (key, isRemoval) in changes)
                {
                    revision++;
                    var name = Convert.ToHexString(key);
                    var replaced = new List<ulong>();
                    index.Apply(
                        [new IndexChange(key, isRemoval ? null : Entry(revision))],
                        before => replaced.Add(before.Revision),
                        () => new IndexState(new JournalPosition(revision, 1, 64), new Totals()));
                    Assert.Equal(model.TryGetValue(name, out var before) ? [before] : [], replaced);
                    model.Remove(name);
                    if (!isRemoval)
                    {
                        model[name] = revision;
                    }

                    Assert.Equal(!isRemoval, index.TryGet(key, out _));
                }

                Assert.Equal(
                    model.Select(pair => $"{pair.Key}:{pair.Value}"),
                    index.Scan(default, 1000).Select(Describe));
                var from = Convert.ToHexString(start);
                Assert.Equal(
                    model.Where(pair => string.CompareOrdinal(pair.Key, from) >= 0)
                        .Select(pair => $"{pair.Key}:{pair.Value}").Take(limit),
                    index.Scan(new MetadataRange(start, default), limit).Select(Describe));
            },
            iter: 15,
            threads: 1);
    }

    [Fact]
    public void Entries_and_state_are_there_after_a_restart()
    {
        var change = new TotalsChange();
        change.Add(new MetadataTally(7, 2, 30));
        change.Add(1, new SegmentUse(100, 50, 20));
        var totals = new Totals();
        totals.Apply(change);
        using (var index = Open(_temporary["index"]))
        {
            index.Apply(
                [new IndexChange([1], Entry(5))],
                _ => { },
                () => new IndexState(new JournalPosition(9, 4, 77), totals));
        }

        using var reopened = Open(_temporary["index"]);
        Assert.Equal(new JournalPosition(9, 4, 77), reopened.State.Applied);
        Assert.Equal([new MetadataTally(7, 2, 30)], reopened.State.Totals.Tallies);
        Assert.Equal(new SegmentUse(100, 50, 20), reopened.State.Totals.Segments[1]);
        Assert.True(reopened.TryGet([1], out var entry));
        Assert.Equal(Entry(5).Location, entry.Location);
        Assert.Equal([9, 8], entry.Summary.ToArray());
    }

    [Fact]
    public void An_apply_that_fails_does_not_say_that_it_has_reached_anything()
    {
        using var index = Open(_temporary["index"]);

        Assert.Throws<IndexDamagedException>(() => index.Apply(
            [new IndexChange([1], Entry(5))], _ => { }, () => throw new InvalidOperationException("No state.")));

        Assert.Equal(0ul, index.State.Applied.Lsn);
        var replaced = 0;
        index.Apply(
            [new IndexChange([1], Entry(5))],
            _ => replaced++,
            () => new IndexState(new JournalPosition(1, 1, 64), new Totals()));
        Assert.Equal((0, 1ul, true), (replaced, index.State.Applied.Lsn, index.TryGet([1], out _)));
    }

    [Fact]
    public void What_an_interrupted_apply_replaced_is_counted_once()
    {
        var use = new TotalsChange();
        use.Add(3, new SegmentUse(10_000, 10_000, 0));
        var totals = new Totals();
        totals.Apply(use);
        var first = Enumerable.Range(0, 100).Select(key => new IndexChange([(byte)key], Entry(1))).ToList();
        var second = first.Select(change => change with { Entry = Entry(2) }).ToList();
        using (var index = Open(_temporary["index"]))
        {
            index.Apply(first, _ => { }, () => new IndexState(new JournalPosition(1, 4, 64), totals));
            Assert.Throws<IndexDamagedException>(() =>
                index.Apply(second, _ => { }, () => throw new InvalidOperationException("It dies here.")));
        }

        using var reopened = Open(_temporary["index"]);
        var replaced = new TotalsChange();
        reopened.Apply(
            second,
            before => replaced.Bury(before.Location),
            () =>
            {
                var reached = reopened.State.Totals.Clone();
                reached.Apply(replaced);
                return new IndexState(new JournalPosition(2, 4, 64), reached);
            });
        Assert.Equal(10_000 - (100 * Entry(1).Location.TotalBytes), reopened.State.Totals.Segments[3].LiveBytes);
    }

    private protected static IndexEntry Entry(ulong revision) =>
        new(new RecordLocation(3, (1L << 40) + (long)revision, 123, 456), revision, new byte[] { 9, 8 });

    private static string Describe(IndexRow row) => $"{Convert.ToHexString(row.Key)}:{row.Entry.Revision}";
}

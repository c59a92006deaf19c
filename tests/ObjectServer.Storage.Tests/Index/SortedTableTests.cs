using CsCheck;
using ObjectServer.Storage.Index;

namespace ObjectServer.Storage.Tests.Index;

public sealed class SortedTableTests
{
    private static readonly Gen<byte[]> Keys = Gen.Byte[0, 3].Array[1, 6];

    [Fact]
    public void A_table_is_a_sorted_map_and_older_tables_stay_as_they_were() =>
        Gen.Select(Keys.Array[0, 400], Gen.Int[1, 50], Keys).Sample((keys, groupSize, start) =>
        {
            var model = new SortedDictionary<string, ulong>(StringComparer.Ordinal);
            var table = SortedTable.Empty;
            var kept = new List<(SortedTable Table, string Rows)>();
            ulong revision = 0;
            foreach (var group in keys.Chunk(groupSize))
            {
                var editor = table.Edit();
                foreach (var key in group)
                {
                    var name = Convert.ToHexString(key);
                    var replaced = editor.Put(new PendingEntry(key, ++revision, default, []));
                    Assert.Equal(model.TryGetValue(name, out var before) ? before : null, replaced?.Revision);
                    model[name] = revision;
                    Assert.True(editor.TryGet(key, out var found) && found.Revision == revision);
                }

                table = editor.ToTable();
                Assert.Equal(model.Count, table.Count);
                kept.Add((table, Describe(table.From(default))));
                Assert.Equal(string.Join(' ', model.Select(pair => $"{pair.Key}:{pair.Value}")), kept[^1].Rows);
            }

            foreach (var (older, rows) in kept)
            {
                Assert.Equal(rows, Describe(older.From(default)));
            }

            var from = Convert.ToHexString(start);
            Assert.Equal(
                string.Join(' ', model
                    .Where(pair => string.CompareOrdinal(pair.Key, from) >= 0)
                    .Select(pair => $"{pair.Key}:{pair.Value}")),
                Describe(table.From(start)));
            Assert.Equal(model.ContainsKey(from), table.TryGet(start, out _));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keys_that_arrive_in_order_are_kept_in_order(bool isAscending)
    {
        var editor = SortedTable.Empty.Edit();
        for (var number = 0; number < 40_000; number++)
        {
            var key = isAscending ? number : 39_999 - number;
            editor.Put(new PendingEntry([(byte)(key >> 8), (byte)key], (ulong)key + 1, default, []));
        }

        var rows = editor.ToTable().From(default).Select(entry => entry.Revision);

        Assert.Equal(Enumerable.Range(1, 40_000).Select(number => (ulong)number), rows);
    }

    private static string Describe(IEnumerable<PendingEntry> entries) =>
        string.Join(' ', entries.Select(entry => $"{Convert.ToHexString(entry.Key)}:{entry.Revision}"));
}

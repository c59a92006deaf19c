using System.Text;
using CsCheck;
using ObjectServer.Storage.Caching;

namespace ObjectServer.Storage.Tests.Caching;

public sealed class KeyCacheTests
{
    [Fact]
    public void What_is_kept_is_what_was_kept_last_and_never_more_than_fits()
    {
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 3], Gen.Int[0, 2_000]).Array[1, 3_000].Sample(
            steps =>
            {
                const int MaxBytes = 256 * 1024;
                var cache = new KeyCache<(int Key, int Step)>(MaxBytes);
                var last = new Dictionary<int, int>();
                var sizes = new Dictionary<int, int>();
                for (var step = 0; step < steps.Length; step++)
                {
                    var (number, what, bytes) = steps[step];
                    var key = Encoding.ASCII.GetBytes($"{number}");
                    switch (what)
                    {
                        case 0:
                            cache.Keep(key, (number, step), bytes, cache.Changes);
                            (last[number], sizes[number]) = (step, bytes);
                            break;
                        case 1:
                            cache.BeginChange();
                            cache.Replace(key, (number, step), bytes);
                            (last[number], sizes[number]) = (step, bytes);
                            break;
                        default:
                            if (cache.TryGet(key, out var found))
                            {
                                Assert.Equal((number, last[number]), found);
                            }

                            break;
                    }
                }

                var kept = last.Keys.Where(number => cache.TryGet(Encoding.ASCII.GetBytes($"{number}"), out _));
                Assert.True(kept.Sum(number => sizes[number]) <= MaxBytes);
            },
            iter: 50);
    }

    [Fact]
    public void What_was_read_before_a_change_is_not_kept_after_it()
    {
        var cache = new KeyCache<string>(1 << 20);
        var changes = cache.Changes;
        cache.BeginChange();

        cache.Keep("key"u8, "stale", 5, changes);

        Assert.False(cache.TryGet("key"u8, out _));
    }

    [Fact]
    public void What_is_asked_for_outlives_what_is_not()
    {
        var cache = new KeyCache<int>(64 * 1024);
        cache.Keep("wanted"u8, 1, 100, cache.Changes);
        for (var number = 0; number < 10_000; number++)
        {
            cache.Keep(Encoding.ASCII.GetBytes($"passing {number}"), number, 100, cache.Changes);
            Assert.True(cache.TryGet("wanted"u8, out _), $"It went after {number} others.");
        }
    }

    [Fact]
    public void A_cache_of_no_bytes_keeps_nothing()
    {
        var cache = new KeyCache<int>(0);

        cache.Keep("key"u8, 1, 0, cache.Changes);

        Assert.False(cache.TryGet("key"u8, out _));
    }
}

using System.Runtime.CompilerServices;

namespace ObjectServer.Allocations;

/// <summary>The local store on a real disk, and its journal without one; no HTTP.</summary>
public sealed class StoreAllocations(OpenStores open) : IClassFixture<OpenStores>
{
    [Fact]
    public Task Storing_an_object_of_4_KiB() => HoldsAsync(200, open.Stores.OneDurableReplacement);

    [Fact]
    public Task Reading_an_object_of_4_KiB() => HoldsAsync(200, open.Stores.Get);

    [Fact]
    public Task Listing_a_page_of_1000_in_the_store() => HoldsAsync(10, open.Stores.ListingPage);

    [Fact]
    public Task Appending_a_record_to_the_journal() => HoldsAsync(500, open.Journals.Alone);

    private static Task HoldsAsync(int operations, Func<Task> operation, [CallerMemberName] string name = "")
    {
        Gate.SkipIfUnmeasured();
        return Gate.HoldsAsync(name, operations, operation);
    }
}

using System.Runtime.CompilerServices;

namespace ObjectServer.Allocations;

/// <summary>
/// Whole signed requests over a real connection: Kestrel, this server, its store and its disk. The client allocates
/// nothing.
/// </summary>
public sealed class RequestAllocations(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public Task GET_of_4_KiB() => HoldsAsync(300, server.Serving.Get);

    [Fact]
    public Task HEAD() => HoldsAsync(300, server.Serving.Head);

    [Fact]
    public Task PUT_of_4_KiB() => HoldsAsync(300, server.Serving.Put);

    [Fact]
    public Task PUT_and_GET_of_4_KiB_that_the_index_does_not_have_yet() => HoldsAsync(300, server.Serving.PutThenGet);

    [Fact]
    public Task List_page_of_1000() => HoldsAsync(10, server.Serving.ListPage);

    private static Task HoldsAsync(int operations, Func<int> request, [CallerMemberName] string name = "")
    {
        Gate.SkipIfUnmeasured();
        return Gate.HoldsAsync(name, operations, () =>
        {
            request();
            return Task.CompletedTask;
        });
    }
}

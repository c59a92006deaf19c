using ObjectServer.Storage.Index;
using ObjectServer.Storage.Tests.Contracts;

namespace ObjectServer.Storage.Tests.Index;

public sealed class LiteDbIndexTests : IndexContract
{
    private static readonly Guid StoreId = new("6f0c2a9e-4d4a-4b8f-9d0a-3b4b7c1f2d55");

    private protected override IIndex Open(string path) =>
        LiteDbIndex.Open(IndexDirectory.Open(path, IndexEngine.LiteDb, StoreId, "boot"));
}

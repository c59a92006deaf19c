using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Tests.Contracts;

public sealed class InMemoryDocumentStoreTests : DocumentStoreContract
{
    protected override ValueTask<IMetadataStore> OpenAsync() =>
        ValueTask.FromResult<IMetadataStore>(new InMemoryMetadataStore());
}

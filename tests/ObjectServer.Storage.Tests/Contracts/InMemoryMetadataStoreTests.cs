using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>The fake keeps the contract that it stands in for.</summary>
public sealed class InMemoryMetadataStoreTests : MetadataStoreContract
{
    protected override ValueTask<IMetadataStore> OpenAsync() =>
        ValueTask.FromResult<IMetadataStore>(new InMemoryMetadataStore());
}

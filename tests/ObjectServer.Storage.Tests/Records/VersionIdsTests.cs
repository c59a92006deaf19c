using CsCheck;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Tests.Records;

public sealed class VersionIdsTests
{
    [Fact]
    public void An_id_reads_back_as_what_it_was_made_of() =>
        Gen.Select(Gen.ULong, Gen.ULong).Sample((sequence, nonce) =>
            VersionIds.TryRead(VersionIds.Make(sequence, nonce), out var readSequence, out var readNonce)
            && (readSequence, readNonce) == (sequence, nonce));

    /// <summary>Command lines take what begins so for an option of their own.</summary>
    [Fact]
    public void No_new_id_begins_with_a_hyphen() =>
        Gen.ULong.Sample(
            sequence => VersionIds.Make(sequence, VersionIds.NewNonce()).ToString()[0] != '-', iter: 2000);
}

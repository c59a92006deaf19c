using System.Runtime.CompilerServices;
using ObjectServer.Bench.Micro;

namespace ObjectServer.Allocations;

/// <summary>The pieces that run on one thread. What each does stands in <c>bench/Micro</c>.</summary>
public sealed class PieceAllocations
{
    [Fact]
    public void Parsing_the_target_of_an_object() => Holds(new RequestHeads().ObjectTarget);

    [Fact]
    public void Parsing_the_target_of_a_listing() => Holds(new RequestHeads().ListingTarget);

    [Fact]
    public void Addressing_an_object() => Holds(new RequestHeads().ObjectAddress);

    [Fact]
    public void Judging_the_headers_of_a_request() => Holds(new RequestHeads().RulesOfHeaders);

    [Fact]
    public void Writing_a_canonical_request()
    {
        var heads = new RequestHeads();
        Holds(() => heads.CanonicalText() == 0 ? "" : null);
    }

    [Fact]
    public void Verifying_a_signature_in_the_header() => Holds(new Signatures().Header);

    [Fact]
    public void Decoding_1_MiB_of_signed_chunks() => HoldsDecoding(bodies => bodies.Signed());

    [Fact]
    public void Decoding_1_MiB_of_unsigned_chunks_with_a_trailer() =>
        HoldsDecoding(bodies => bodies.UnsignedWithTrailer());

    [Fact]
    public void Deciding_a_GET_by_ten_statements()
    {
        var policies = new PolicyDecisions();
        Holds(() => policies.TenStatements() ? null : throw new InvalidOperationException("Denied."));
    }

    [Fact]
    public void Deciding_a_GET_of_a_public_bucket()
    {
        var policies = new PolicyDecisions();
        Holds(() => policies.PublicBucket() ? null : throw new InvalidOperationException("Denied."));
    }

    [Fact]
    public void Making_the_metadata_key_of_an_object() => Holds(new Records().Key);

    [Fact]
    public void Parsing_an_object_key()
    {
        var records = new Records();
        Holds(() => records.KeyOfText().Length == 0 ? "" : null);
    }

    [Fact]
    public void Encoding_a_version()
    {
        var records = new Records();
        Holds(() => records.EncodeVersion() == 0 ? "" : null);
    }

    [Fact]
    public void Decoding_a_version() => Holds(new Records().DecodeVersion);

    [Fact]
    public void Decoding_a_listed_version() => Holds(new Records().DecodeListed);

    [Fact]
    public void Encoding_a_journal_record()
    {
        var records = new Records();
        Holds(() => records.EncodeRecord() == 0 ? "" : null);
    }

    [Fact]
    public void Decoding_a_journal_record()
    {
        var records = new Records();
        Holds(() => records.DecodeRecord() == 0 ? "" : null);
    }

    [Fact]
    public void Folding_1000_keys_into_a_page()
    {
        var listings = new Listings();
        Holds(() => listings.KeysAlone() == 0 ? "" : null);
    }

    [Fact]
    public void Folding_1000_keys_into_100_common_prefixes()
    {
        var listings = new Listings();
        Holds(() => listings.HundredPrefixes() == 0 ? "" : null);
    }

    private static void HoldsDecoding(Func<ChunkedBodies, long> decode, [CallerMemberName] string name = "")
    {
        var bodies = new ChunkedBodies { ChunkBytes = 64 * 1024 };
        bodies.Frame();
        Holds(() => decode(bodies) == 0 ? "" : null, name);
    }

    private static void Holds(Func<object?> operation, [CallerMemberName] string name = "")
    {
        Gate.SkipIfUnmeasured();
        Gate.Holds(name, operation);
    }
}

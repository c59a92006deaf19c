using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Maintenance;

/// <summary>What a sweep removed. Reported when it is anything.</summary>
/// <param name="Blobs">Blob files that no record named: what a crash left behind.</param>
/// <param name="BlobBytes">Their content.</param>
/// <param name="Uploads">Uploads of deleted buckets, and uploads that had ended but whose parts had not.</param>
/// <param name="Completions">Outcomes of completed uploads that nobody asks for any more.</param>
public sealed record SweepFinished(long Blobs, long BlobBytes, long Uploads, long Completions) : StoreReport;

/// <summary>A sweep stopped half way; the next one begins anew.</summary>
public sealed record SweepFailed(Exception Cause) : StoreReport;

/// <summary>A blob that is not what its record says.</summary>
/// <param name="BlobId">32 hex digits, the name of its file.</param>
/// <param name="What">What is wrong, as a sentence.</param>
/// <param name="Directory">Where it lies, in full: the data directory, or the one that its storage class has.</param>
public sealed record DamagedBlob(string BlobId, string What, string Directory) : StoreReport;

/// <summary>How far a scrub has come.</summary>
/// <param name="Position">Where a later scrub may go on: the content that was verified last, 32 hex digits.</param>
/// <param name="Blobs">Blobs verified so far.</param>
/// <param name="Bytes">Their content.</param>
public sealed record ScrubProgress(string Position, long Blobs, long Bytes);

/// <summary>What a scrub found.</summary>
/// <param name="Blobs">Blobs verified.</param>
/// <param name="Bytes">Their content.</param>
/// <param name="DamagedBlobs">The bad ones, at most 1,000; every one is reported.</param>
/// <param name="Journal">What the journal's own check found.</param>
/// <param name="Index">What the index's check and its comparison with the journal found.</param>
public sealed record ScrubResult(
    long Blobs,
    long Bytes,
    IReadOnlyList<DamagedBlob> DamagedBlobs,
    JournalVerification Journal,
    IndexVerification Index)
{
    /// <summary>Whether everything was as it should be.</summary>
    public bool IsSound => DamagedBlobs.Count == 0 && Journal.Damaged.Count == 0 && Index.Damaged.Count == 0;
}

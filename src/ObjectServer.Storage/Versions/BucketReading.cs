using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Versions;

/// <summary>A bucket, and the reading that found it.</summary>
internal sealed record BucketReading(BucketRecord Bucket, MetadataReading Reading);

using ObjectServer.Storage.Model;

namespace ObjectServer.Body;

/// <summary>Content that was received whole and agrees with everything that the client said of it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Md5">16 bytes: the ETag.</param>
/// <param name="Checksum">The client's checksum, or the one computed in its stead; of type full object.</param>
internal sealed record ReceivedContent(long Length, byte[] Md5, ObjectChecksum Checksum);

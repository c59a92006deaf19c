namespace ObjectServer.Storage.Disk;

/// <summary>
/// What the store asks of the file system where the order of writes and syncs decides what survives: the operations of
/// journal and blobs. On a disk, or in a test that records them, makes them fail, or dies at one of them.
/// </summary>
/// <remarks>
/// Of the index only LiteDB's pages go through here, so that tests can make them fail: what survives of an index is
/// decided by its STATE file.
/// </remarks>
internal interface IDisk
{
    /// <summary>Makes a file for reading and writing; its name is durable after a sync of its directory.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="expectedBytes">How long it will be, so that room is reserved; 0 where that is unknown.</param>
    IDiskFile Create(string path, long expectedBytes);

    /// <summary>Opens a file for reading and writing.</summary>
    IDiskFile Open(string path);

    /// <summary>Opens a file to be read, mostly from its beginning to its end.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="DirectoryNotFoundException">Not even its directory is there.</exception>
    IDiskFile OpenForReading(string path);

    /// <summary>Removes a file, if there is one; durable after a sync of its directory.</summary>
    void Delete(string path);

    /// <summary>Gives a file another name in place of what had it; durable after a sync of both directories.</summary>
    void Rename(string from, string to);

    /// <summary>Makes a directory, if there is none; durable after a sync of its parent.</summary>
    void CreateDirectory(string path);

    /// <summary>Makes a directory's entries durable.</summary>
    void SyncDirectory(string path);

    /// <summary>How much room there is where a directory lies.</summary>
    DiskSpace SpaceOf(string directory);
}

/// <summary>One open file: many readers, one writer.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills a buffer from an offset on, and says how many bytes there were.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes buffers one after another.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Writes one buffer; a write that was begun is not cut short.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset);

    /// <summary>Makes everything written so far durable, the length too.</summary>
    void Sync();

    /// <summary>Cuts the file, or extends it by zeros.</summary>
    void SetLength(long length);

    /// <summary>Lets writes go past the page cache, as <see cref="PageCache"/> says; false where they cannot.</summary>
    bool TryBypassCache();

    /// <summary>Ends that.</summary>
    void UseCache();
}

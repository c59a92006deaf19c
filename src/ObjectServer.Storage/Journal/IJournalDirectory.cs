namespace ObjectServer.Storage.Journal;

/// <summary>The files of a journal. On a disk, or in a test's memory where they fail as told.</summary>
internal interface IJournalDirectory
{
    /// <summary>The names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes a file; its name is durable once this returns.</summary>
    IJournalFile Create(string name);

    IJournalFile Open(string name);

    /// <summary>Removes a file; durable once this returns.</summary>
    void Delete(string name);
}

/// <summary>One file of a journal: many readers, one writer.</summary>
internal interface IJournalFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills a buffer from an offset on, and says how many bytes there were.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes buffers one after another.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Makes everything written so far durable.</summary>
    void Sync();

    /// <summary>Cuts the file.</summary>
    void Truncate(long length);
}

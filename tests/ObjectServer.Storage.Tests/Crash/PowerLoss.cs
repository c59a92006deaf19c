namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// What a disk may hold when the power fails after some events: all that was synced, and of the rest whatever it likes:
/// any writes and not the ones before them, parts of a write by sectors, a length without its bytes. Names are durable
/// with the sync of their directory and not with that of their file; of changes to one directory that were not synced,
/// any may be there.
/// </summary>
internal sealed class PowerLoss
{
    private const int SectorBytes = 512;

    private readonly IReadOnlyList<DiskEvent> _events;
    private readonly Chance _chance;
    private readonly Dictionary<int, int> _syncedUpTo = [];
    private readonly Dictionary<string, int> _directorySyncedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<int, MemoryStream> _contents = [];
    private readonly SortedDictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);

    private PowerLoss(IReadOnlyList<DiskEvent> events, Chance chance)
    {
        _events = events;
        _chance = chance;
        for (var at = 0; at < events.Count; at++)
        {
            if (events[at] is DiskEvent.Synced synced)
            {
                _syncedUpTo[synced.File] = Math.Max(_syncedUpTo.GetValueOrDefault(synced.File), synced.Begun);
            }
            else if (events[at] is DiskEvent.DirectorySynced directory)
            {
                _directorySyncedAt[directory.Path] = at;
            }
        }
    }

    /// <summary>How much of what was not synced survives.</summary>
    public enum Survival
    {
        /// <summary>Nothing: the cache was never written out.</summary>
        Nothing,

        /// <summary>Everything: the power failed just after it was written out, as with a killed process.</summary>
        Everything,

        /// <summary>Each operation, and each sector, by chance.</summary>
        Anything,
    }

    /// <summary>Makes the files that a power loss leaves, in a directory that takes the place of the first one.</summary>
    /// <param name="events">What had happened.</param>
    /// <param name="survival">What of it survives.</param>
    /// <param name="seed">Of the chances.</param>
    /// <param name="from">The directory in which it happened.</param>
    /// <param name="to">Where to make it again; holds what was durable before the first event.</param>
    public static void Replay(IReadOnlyList<DiskEvent> events, Survival survival, int seed, string from, string to)
    {
        var loss = new PowerLoss(events, new Chance(survival, seed));
        loss.Run();
        foreach (var directory in loss._directories)
        {
            // What has lost a directory above it is lost with that, however durable its own name is there.
            var target = directory.Replace(from, to, StringComparison.Ordinal);
            if (Directory.Exists(Path.GetDirectoryName(target)))
            {
                Directory.CreateDirectory(target);
            }
        }

        foreach (var (path, file) in loss._names)
        {
            var target = path.Replace(from, to, StringComparison.Ordinal);
            if (Directory.Exists(Path.GetDirectoryName(target)))
            {
                File.WriteAllBytes(target, loss._contents[file].ToArray());
            }
        }
    }

    /// <summary>What callers were told, and what they had begun, among some events.</summary>
    public static ExpectedContents Expected(IEnumerable<DiskEvent> events)
    {
        var expected = new ExpectedContents();
        foreach (var said in events.OfType<DiskEvent.Said>())
        {
            if (said.IsAcknowledged)
            {
                expected.Acknowledge(said.Key, said.Content);
            }
            else
            {
                expected.Try(said.Key, said.Content);
            }
        }

        return expected;
    }

    private void Run()
    {
        for (var at = 0; at < _events.Count; at++)
        {
            switch (_events[at])
            {
                case DiskEvent.Created created:
                    _contents[created.File] = new MemoryStream();
                    if (IsDurable(created.Path, at))
                    {
                        _names[created.Path] = created.File;
                    }

                    break;
                case DiskEvent.Written written:
                    Write(written, isDurable: at < _syncedUpTo.GetValueOrDefault(written.File));
                    break;
                case DiskEvent.Cut cut when at < _syncedUpTo.GetValueOrDefault(cut.File) || _chance.Survives():
                    _contents[cut.File].SetLength(cut.Length);
                    break;
                case DiskEvent.Deleted deleted when IsDurable(deleted.Path, at):
                    _names.Remove(deleted.Path);
                    break;
                case DiskEvent.Renamed renamed when IsDurable(renamed.To, at):
                    // A file whose first name is not durable may have its second one all the same.
                    _names.Remove(renamed.From);
                    _names[renamed.To] = FileOf(renamed.From, at);
                    break;
                case DiskEvent.DirectoryMade made when IsDurable(made.Path, at):
                    _directories.Add(made.Path);
                    break;
                default:
                    break;
            }
        }
    }

    private bool IsDurable(string path, int at) =>
        _directorySyncedAt.GetValueOrDefault(Path.GetDirectoryName(path)!, -1) > at || _chance.Survives();

    private int FileOf(string path, int before)
    {
        for (var at = before; at >= 0; at--)
        {
            if (_events[at] is DiskEvent.Created created && created.Path == path)
            {
                return created.File;
            }
        }

        throw new InvalidOperationException($"Nothing made '{path}'.");
    }

    private void Write(DiskEvent.Written written, bool isDurable)
    {
        var content = _contents[written.File];
        var end = written.Offset + written.Bytes.Length;
        if (isDurable || _chance.SurvivesWhole())
        {
            content.Position = written.Offset;
            content.Write(written.Bytes);
            return;
        }

        if (!_chance.Survives())
        {
            return;
        }

        // Sectors are where they are on the disk, not where the write begins.
        for (var at = written.Offset; at < end;)
        {
            var next = Math.Min(end, (at / SectorBytes * SectorBytes) + SectorBytes);
            if (_chance.Survives())
            {
                content.Position = at;
                content.Write(written.Bytes.AsSpan((int)(at - written.Offset), (int)(next - at)));
            }

            at = next;
        }

        if (content.Length < end && _chance.Survives())
        {
            content.SetLength(end);
        }
    }

    private sealed class Chance(Survival survival, int seed)
    {
        private readonly Random _random = new(seed);

        public bool Survives() => survival switch
        {
            Survival.Nothing => false,
            Survival.Everything => true,
            _ => _random.Next(2) == 0,
        };

        public bool SurvivesWhole() =>
            survival == Survival.Everything || (survival == Survival.Anything && _random.Next(3) == 0);
    }
}

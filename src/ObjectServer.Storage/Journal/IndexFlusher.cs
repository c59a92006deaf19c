using ObjectServer.Storage.Index;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// The one thread that writes the index: it moves frozen generations there, the oldest first, and settles the index
/// when there is nothing left to move.
/// </summary>
internal sealed class IndexFlusher
{
    private readonly PendingTable _pending;
    private readonly IIndex _index;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _relief = NewSource();
    private bool _isSignalled;
    private bool _isStopping;
    private bool _isSettled = true;
    private bool _hasFailed;

    /// <param name="pending">What to move.</param>
    /// <param name="index">Where to.</param>
    /// <param name="failed">Told once when the index refuses.</param>
    public IndexFlusher(PendingTable pending, IIndex index, Action<Exception> failed)
    {
        _pending = pending;
        _index = index;
        _failed = failed;
        _thread = new Thread(Run) { Name = "ObjectServer index", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Completes when the next generation has left the pending table. Take it before looking at the table.
    /// </summary>
    public Task Relief
    {
        get
        {
            lock (_gate)
            {
                return _relief.Task;
            }
        }
    }

    /// <summary>There may be something to move.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _isSignalled = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Completes when all that is frozen now is in the index, and the index is settled.</summary>
    /// <exception cref="IndexDamagedException">The index refused.</exception>
    /// <exception cref="ObjectDisposedException">The thread is ending.</exception>
    public Task FlushAsync()
    {
        var source = NewSource();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _waiting.Add(source);
            _isSignalled = true;
            Monitor.Pulse(_gate);
        }

        return source.Task;
    }

    /// <summary>Moves all that is frozen, then ends the thread.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        while (true)
        {
            List<TaskCompletionSource> waiting;
            bool isStopping;
            lock (_gate)
            {
                while (!_isSignalled && !_isStopping)
                {
                    Monitor.Wait(_gate);
                }

                isStopping = _isStopping;
                _isSignalled = false;
                waiting = [.. _waiting];
                _waiting.Clear();
            }

            var failure = Move();
            foreach (var source in waiting)
            {
                if (failure is null)
                {
                    source.SetResult();
                }
                else
                {
                    source.SetException(failure);
                }
            }

            if (isStopping)
            {
                return;
            }
        }
    }

    private Exception? Move()
    {
        try
        {
            while (!_hasFailed && _pending.MoveOldestInto(_index))
            {
                _isSettled = false;
                TaskCompletionSource relief;
                lock (_gate)
                {
                    relief = _relief;
                    _relief = NewSource();
                }

                relief.SetResult();
            }

            if (!_hasFailed && !_isSettled)
            {
                _index.Settle();
                _isSettled = true;
            }

            return _hasFailed ? new IndexDamagedException("The index failed earlier.") : null;
        }
        catch (Exception failure)
        {
            _hasFailed = true;
            _failed(failure);
            return failure;
        }
    }
}

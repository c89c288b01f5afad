using System.Diagnostics;
using MfsHa.Consensus.Apply;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// The holder's side: keeps at most one opened state of a group, for one follower at a time, and gives it out piece by piece.
/// While it is open, and shortly after, the log is not cut behind it: the follower goes on there.
/// </summary>
internal sealed class SnapshotSource(GroupLog log, ApplyLoop apply) : IAsyncDisposable
{
    /// <summary>Nobody asked for a piece for so long: the follower is gone, or has the entries behind the state by now.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    /// <summary>Another follower may take its turn when the present one was silent for so long.</summary>
    private static readonly TimeSpan TakeoverLimit = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _gate = new(1);
    private Opened? _opened;
    private long _serial = Stopwatch.GetTimestamp(); // not the serials of an earlier process

    /// <summary>End of the state that a follower is fetching.</summary>
    public RaftLogMark? Fetched => _opened is { } opened && !opened.IsIdleFor(IdleLimit) ? opened.Name.End : null;

    /// <summary>Entries behind this one are still needed; <see cref="long.MaxValue"/> when there is no state in transfer.</summary>
    public long HoldIndex => Fetched?.Index ?? long.MaxValue;

    /// <summary>Answers a follower: opens the state, or gives the next piece, or the last one again.</summary>
    public async ValueTask<byte[]> AnswerAsync(NodeId follower, long serial, int number, int maxBytes, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return number == SnapshotPieceFormat.Open
                ? await OpenAsync(follower, cancellation).ConfigureAwait(false)
                : Read(follower, serial, number, maxBytes);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A follower has asked for a piece, and may have to wait for its turn: it is not silent meanwhile.</summary>
    public void NoteAsked(NodeId follower, long serial)
    {
        if (_opened is { } opened && opened.Name.Serial == serial && opened.Follower == follower)
        {
            opened.NoteUse();
        }
    }

    /// <summary>Closes a state that nobody fetches.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_opened?.IsIdleFor(IdleLimit) == true)
            {
                Close();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        Close();
        _gate.Release();
    }

    private async ValueTask<byte[]> OpenAsync(NodeId follower, CancellationToken cancellation)
    {
        if (_opened is { } opened && opened.Follower != follower && !opened.IsIdleFor(TakeoverLimit))
        {
            return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Busy);
        }

        Close(); // what was read of it cannot be read again
        var serial = ++_serial;
        _opened = await apply.RunAsync(machine => ValueTask.FromResult(Open(machine, serial, follower)), cancellation).ConfigureAwait(false);
        return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Opened, _opened.Name.ToBytes());
    }

    // On the apply loop: between two entries, so that log and state agree.
    private Opened Open(IReplicatedStateMachine machine, long serial, NodeId follower)
    {
        var state = machine.OpenSnapshot();
        if (state.Index == log.AppliedIndex)
        {
            return new Opened(state, new OpenedState(serial, new RaftLogMark(state.Index, state.Term, log.TimeAt(state.Index)), log.FormatLevel), follower);
        }

        state.Dispose();
        throw new ConsensusViolationException(log.Group, $"the state was opened at {state.Index}, but {log.AppliedIndex} is applied");
    }

    private byte[] Read(NodeId follower, long serial, int number, int maxBytes)
    {
        if (_opened is not { } opened || opened.Name.Serial != serial || opened.Follower != follower)
        {
            return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Gone);
        }

        return opened.Read(number, maxBytes);
    }

    private void Close()
    {
        _opened?.State.Dispose();
        _opened = null;
    }

    private sealed class Opened(IStateSnapshot state, OpenedState name, NodeId follower)
    {
        private readonly StateChecksum _checksum = new();
        private long _lastUse = Stopwatch.GetTimestamp();
        private int _next;
        private byte[] _last = [];

        public IStateSnapshot State { get; } = state;

        public OpenedState Name { get; } = name;

        public NodeId Follower { get; } = follower;

        public bool IsIdleFor(TimeSpan span) => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastUse)) > span;

        public void NoteUse() => Volatile.Write(ref _lastUse, Stopwatch.GetTimestamp());

        public byte[] Read(int number, int maxBytes)
        {
            NoteUse();
            if (number == _next - 1)
            {
                return _last; // its answer was lost
            }

            if (number != _next)
            {
                return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Gone);
            }

            var piece = State.ReadNext(maxBytes);
            if (piece.IsEmpty)
            {
                return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.End, _checksum.Value()); // and again, when asked again
            }

            _next++;
            _checksum.Add(piece.Span);
            return _last = SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Piece, piece.Span);
        }
    }
}

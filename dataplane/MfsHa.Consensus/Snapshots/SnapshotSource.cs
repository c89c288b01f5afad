using System.Diagnostics;
using MfsHa.Consensus.Apply;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// The holder's side: keeps at most one opened state of a group, for one follower at a time, and gives it out piece by piece.
/// While it is open, and shortly after, the log is not cut behind it: the follower goes on there.
/// </summary>
internal sealed class SnapshotSource(NodeId self, GroupLog log, ApplyLoop apply) : IAsyncDisposable
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Nobody asked for a piece for so long: the follower is gone.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    /// <summary>Another follower, or the same after a restart, may begin anew after so long.</summary>
    private static readonly TimeSpan TakeoverLimit = TimeSpan.FromSeconds(2);

    /// <summary>Time for the follower to take over the state and the entries behind it.</summary>
    private static readonly TimeSpan HoldAfterEnd = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1);
    private Opened? _opened;
    private long _serial = Stopwatch.GetTimestamp(); // not the serials of an earlier process

    /// <summary>Entries behind this one are still needed; <see cref="long.MaxValue"/> when there is no state in transfer.</summary>
    public long HoldIndex => _opened is { } opened && Stopwatch.GetElapsedTime(opened.LastUse) < HoldAfterEnd ? opened.Reference.Index : long.MaxValue;

    /// <summary>Opens the state, or says which is open.</summary>
    public async ValueTask<SnapshotReference> OpenAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            CloseIfIdle();
            if (_opened is { } opened)
            {
                return opened.Reference;
            }

            var serial = ++_serial;
            _opened = await apply.RunAsync(machine => ValueTask.FromResult(Open(machine, serial)), cancellation).ConfigureAwait(false);
            return _opened.Reference;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Answers a follower's request for a piece: the next one, or the last one again.</summary>
    public async ValueTask<byte[]> ReadAsync(NodeId follower, long serial, int number, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_opened is not { } opened || opened.Reference.Serial != serial)
            {
                return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Gone);
            }

            var isOwner = opened.Follower == follower || opened.Follower == NodeId.None;
            if (isOwner && (number == opened.NextNumber || number == opened.NextNumber - 1))
            {
                opened.Follower = follower;
                opened.LastUse = Stopwatch.GetTimestamp();
                return number == opened.NextNumber ? opened.ReadNext(PieceBytes) : opened.LastReply;
            }

            if (isOwner || Stopwatch.GetElapsedTime(opened.LastUse) > TakeoverLimit)
            {
                Close(); // what was read cannot be read again: a new opening it is
            }

            return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Gone);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes a state that nobody fetches.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            CloseIfIdle();
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

    // On the apply loop: between two entries, so that log and state agree.
    private Opened Open(IReplicatedStateMachine machine, long serial)
    {
        var state = machine.OpenSnapshot();
        if (state.Index != log.AppliedIndex)
        {
            state.Dispose();
            throw new ConsensusViolationException(log.Group, $"the state was opened at {state.Index}, but {log.AppliedIndex} is applied");
        }

        return new Opened(state, new SnapshotReference(self, serial, state.Index, state.Term, log.TimeAt(state.Index)));
    }

    private void CloseIfIdle()
    {
        if (_opened is { } opened && Stopwatch.GetElapsedTime(opened.LastUse) > IdleLimit)
        {
            Close();
        }
    }

    private void Close()
    {
        _opened?.State.Dispose();
        _opened = null;
    }

    private sealed class Opened(IStateSnapshot state, SnapshotReference reference)
    {
        public IStateSnapshot State { get; } = state;

        public SnapshotReference Reference { get; } = reference;

        public NodeId Follower { get; set; }

        public int NextNumber { get; private set; }

        public byte[] LastReply { get; private set; } = [];

        public long LastUse { get; set; } = Stopwatch.GetTimestamp();

        public byte[] ReadNext(int maxBytes)
        {
            var piece = State.ReadNext(maxBytes);
            if (piece.IsEmpty)
            {
                return SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.End); // the number stays: asked again it is the end again
            }

            NextNumber++;
            return LastReply = SnapshotPieceFormat.Reply(SnapshotPieceFormat.Status.Piece, piece.Span);
        }
    }
}

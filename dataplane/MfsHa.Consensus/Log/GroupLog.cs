using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using MfsHa.Consensus.Commands;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

/// <summary>
/// The log of one group as DotNext uses it, on the node's shared log store.
/// It derives from DotNext's own log only because <see cref="IPersistentState"/> has a setter that no other assembly can implement;
/// every member of the interfaces is implemented anew here, the inherited log stays empty and idle.
/// </summary>
/// <remarks>
/// DotNext's own log acknowledges an append before it is on disk, so a cluster on it loses acknowledged commands. Here a follower's append returns when its
/// entries are on stable storage; a leader's append returns at once, so that the followers' fsync overlaps its own, and commit waits for the own one.
/// One lock guards everything in memory; it is never held across an await.
/// </remarks>
internal sealed partial class GroupLog : WriteAheadLog, IPersistentState, IAuditTrail<IRaftLogEntry>, IAuditTrail
{
    private readonly Lock _gate = new();
    private readonly NodeId _self;
    private readonly RaftLogStore _store;
    private readonly ConsensusOptions _options;
    private readonly FormatGate _formats;
    private readonly TimeProvider _time;
    private readonly EntryCache _cache;
    private readonly LogSizes _sizes = new();
    private readonly Dictionary<long, ProposalBatch> _batches = [];
    private RaftLogMark _mark;
    private long _lastIndex;
    private long _lastTerm;
    private long _lastTime;

    // For one look: a new leader takes it to know where its followers are, and must begin before its own first entry. Otherwise everyone rejects the first round,
    // and a round with a rejection needs the answers of all: then a single stalled member keeps every new leader from leading.
    private bool _ownEntryHidden;

    public GroupLog(ushort group, NodeId self, RaftLogStore store, RaftGroupRecord opened, long appliedIndex, string idleDirectory, ConsensusOptions options, FormatGate formats, TimeProvider time)
        : base(new Options { Location = idleDirectory }, IStateMachine.CreateNoOp())
    {
        Group = group;
        _self = self;
        _store = store;
        _options = options;
        _formats = formats;
        _time = time;
        _cache = new EntryCache(options.MaxLogCacheBytes);
        _mark = opened.Mark;
        _lastIndex = opened.LastIndex;
        _lastTerm = _lastIndex == _mark.Index ? _mark.Term : StoredEntry(_lastIndex).Term;
        _cache.Reset(_lastIndex + 1);
        _durableIndex = _lastIndex;
        _appliedIndex = appliedIndex;
        _commitIndex = Math.Max(appliedIndex, _mark.Index);
        _lastTime = TimeUpTo(_lastIndex);
        OpenHardState(opened.HardState);
        OpenConfigurations();
    }

    public ushort Group { get; }

    /// <summary>Called, under no lock, when the commit index has moved.</summary>
    public Action Committed { get; set; } = static () => { };

    /// <summary>Called when a round of replication should begin now.</summary>
    public Action RoundWanted { get; set; } = static () => { };

    /// <summary>Called when something happened that consensus rules out, or the store is broken.</summary>
    public Action<Exception> Broken { get; set; } = static _ => { };

    /// <summary>Told of every commit at the leader whether its own disk was what it had to wait for.</summary>
    public Action<bool> OwnDiskWasLast { get; set; } = static _ => { };

    /// <summary>The format level of this node's data: nothing in log and state is of a higher one.</summary>
    public byte FormatLevel => _formats.Level;

    public long LastIndex
    {
        get
        {
            lock (_gate)
            {
                return _lastIndex;
            }
        }
    }

    public LogEnd End
    {
        get
        {
            lock (_gate)
            {
                return new LogEnd(_lastTerm, _lastIndex);
            }
        }
    }

    public RaftLogMark Mark
    {
        get
        {
            lock (_gate)
            {
                return _mark;
            }
        }
    }

    long IAuditTrail.LastEntryIndex
    {
        get
        {
            lock (_gate)
            {
                var last = _ownEntryHidden ? _lastIndex - 1 : _lastIndex;
                _ownEntryHidden = false;
                return last;
            }
        }
    }

    bool IAuditTrail.IsLogEntryLengthAlwaysPresented => true;

    Task IAuditTrail.InitializeAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>The clock of the last commands at or before an entry; the same on every replica.</summary>
    public long TimeAt(long index)
    {
        lock (_gate)
        {
            return TimeUpTo(index);
        }
    }

    /// <summary>
    /// Forgets entries that are in the durable state, but for those that are kept for a peer that was away shortly, and for those behind <paramref name="hold"/>.
    /// </summary>
    public void CutHead(long durable, long hold)
    {
        lock (_gate)
        {
            var dispensable = Math.Max(durable - _options.RetainedEntries, _sizes.IndexBefore(_options.RetainedBytes));
            var upTo = Math.Min(Math.Min(dispensable, durable), Math.Min(hold, _appliedIndex));
            if (upTo <= _mark.Index)
            {
                return;
            }

            var mark = new RaftLogMark(upTo, TermAt(upTo), TimeUpTo(upTo));
            _ = Remember(_store.TruncateHead(Group, _mark.Index + 1, mark));
            _mark = mark;
            _sizes.CutHead(upTo);
            _cache.Evict(upTo, all: true);
        }
    }

    /// <summary>
    /// Begins the log behind a state that was taken over from a peer and ends with <paramref name="mark"/>.
    /// What follows the mark stays when the log has the mark's entry: this replica may have acknowledged it.
    /// </summary>
    public async ValueTask ResetAsync(RaftLogMark mark)
    {
        Task written;
        lock (_gate)
        {
            Check(mark.Index > _appliedIndex, $"a snapshot at {mark.Index} for a state at {_appliedIndex}");
            if (mark.Index <= _lastIndex && TermAt(mark.Index) == mark.Term)
            {
                written = Remember(_store.TruncateHead(Group, _mark.Index + 1, mark));
                _cache.Evict(mark.Index, all: true);
            }
            else
            {
                Check(_lastIndex < mark.Index || _commitIndex < mark.Index, $"a snapshot at {mark.Index} conflicts with a committed entry");
                FailBatches(from: 0);
                ForgetConfigurations(static _ => true);
                written = Remember(_store.Reset(Group, mark));
                _cache.Reset(mark.Index + 1);
                ForgetPendingWrites();
                (_lastIndex, _lastTerm) = (mark.Index, mark.Term);
                _durableIndex = mark.Index;
            }

            _mark = mark;
            _sizes.CutHead(mark.Index);
            _lastTime = Math.Max(_lastTime, mark.UnixMilliseconds);
            _commitShown = Math.Min(_commitShown, _commitIndex);
            _commitIndex = Math.Max(_commitIndex, mark.Index);
            _ownEntryHidden = false;
            SetAppliedLocked(mark.Index);
        }

        await written.ConfigureAwait(false);
    }

    // In memory, after the store has taken it: what the store refuses must not be seen here. The lock is held.
    private void Added(RaftLogEntry entry)
    {
        _cache.Add(entry);
        _sizes.Added(entry.Index, entry.Payload.Length);
        NoteConfiguration(entry);
        (_lastIndex, _lastTerm) = (entry.Index, entry.Term);
        _ownEntryHidden = false;
        if (entry.Kind == RaftEntryKind.Commands)
        {
            _lastTime = Math.Max(_lastTime, CommandEntryFormat.TimeOf(entry.Payload.Span));
        }
    }

    private long TermAt(long index)
    {
        if (index == _lastIndex)
        {
            return _lastTerm;
        }

        return index == _mark.Index ? _mark.Term : (_cache.Find(index) ?? StoredEntry(index)).Term;
    }

    private long TimeUpTo(long index)
    {
        for (var i = index; i > _mark.Index; i--)
        {
            var entry = _cache.Find(i) ?? StoredEntry(i);
            if (entry.Kind == RaftEntryKind.Commands)
            {
                return CommandEntryFormat.TimeOf(entry.Payload.Span);
            }
        }

        return _mark.UnixMilliseconds;
    }

    private RaftLogEntry StoredEntry(long index) =>
        _store.Read(Group, index) ?? throw new Storage.StorageCorruptException(_store.Path, $"entry {index} of group {Group} is missing");

    private void Check(bool condition, string otherwise)
    {
        if (!condition)
        {
            var violation = new ConsensusViolationException(Group, otherwise);
            Broken(violation);
            throw violation;
        }
    }
}

using DotNext.IO;
using DotNext.IO.Log;
using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Commands;
using MfsHa.Consensus.Log;
using MfsHa.Consensus.Tests.Harness;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage.RaftLog;
using Xunit;

namespace MfsHa.Consensus.Tests.Log;

/// <summary>The log alone, called as DotNext calls it.</summary>
public sealed partial class GroupLogTests : IAsyncDisposable
{
    private const ushort Group = 3;
    private static readonly ClusterMemberId MemberA = ClusterMemberId.FromEndPoint(new NodeEndPoint(new NodeId(1), 1));
    private static readonly ClusterMemberId MemberB = ClusterMemberId.FromEndPoint(new NodeEndPoint(new NodeId(2), 1));
    private readonly string _root = Directory.CreateTempSubdirectory("mfsha-grouplog-").FullName;
    private readonly List<Exception> _broken = [];
    private RaftLogStore _store;
    private GroupLog _log;
    private TestDevice _device = null!;
    private readonly FormatGate _formats = FormatGate.InMemory();
    private int _lives;

    public GroupLogTests() => (_store, _log) = Open(0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IPersistentState Log => _log;

    public async ValueTask DisposeAsync()
    {
        _device.Release();
        await _log.DisposeAsync();
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_request_that_comes_twice_does_not_shorten_the_log()
    {
        await FollowAsync(1, (1, "a"), (1, "b"), (1, "c"));
        await FollowAsync(1, (1, "a"));
        Assert.Equal(3, _log.LastIndex);
        await ReopenAsync();
        Assert.Equal(3, _log.LastIndex);
    }

    [Fact]
    public async Task An_entry_of_another_term_replaces_the_tail_and_nothing_else()
    {
        await FollowAsync(1, (1, "a"), (1, "b"), (1, "c"));
        await TermAsync(2);
        await FollowAsync(2, (2, "x"));
        Assert.Equal(2, _log.LastIndex);
        await ReopenAsync();
        Assert.Equal(2, _log.LastIndex);
        Assert.Equal("a", TextAt(1));
        Assert.Equal("x", TextAt(2));
    }

    [Fact]
    public async Task A_committed_entry_is_never_replaced()
    {
        await FollowAsync(1, (1, "a"), (1, "b"));
        Assert.Equal(2, await Log.CommitAsync(2, Cancellation));
        await TermAsync(2);
        await Assert.ThrowsAsync<ConsensusViolationException>(() => FollowAsync(2, (2, "x")));
        Assert.Single(_broken);
        Assert.Equal("b", TextAt(2));
    }

    [Fact]
    public async Task A_gap_is_refused()
    {
        await FollowAsync(1, (1, "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => FollowAsync(3, (1, "c")));
        Assert.Equal(1, _log.LastIndex);
    }

    [Fact]
    public async Task A_followers_append_returns_after_its_sync()
    {
        _device.Hold();
        var append = FollowAsync(1, (1, "a"));
        await Task.Delay(30, Cancellation);
        Assert.False(append.IsCompleted);
        _device.Release();
        await append;
    }

    [Fact]
    public async Task A_repeated_append_waits_for_the_sync_of_the_first()
    {
        _device.Hold();
        var first = FollowAsync(1, (1, "a"));
        var again = FollowAsync(1, (1, "a"));
        await Task.Delay(30, Cancellation);
        Assert.False(again.IsCompleted);
        _device.Release();
        await Task.WhenAll(first, again);
    }

    [Fact]
    public async Task An_empty_append_waits_for_the_term_before_it()
    {
        _device.Hold();
        await Log.UpdateTermAsync(7, true, Cancellation);
        var heartbeat = FollowAsync(1);
        await Task.Delay(30, Cancellation);
        Assert.False(heartbeat.IsCompleted);
        _device.Release();
        await heartbeat;
        await ReopenAsync();
        Assert.Equal(7, _log.Term);
    }

    [Fact]
    public async Task A_follower_whose_disk_stalls_answers_that_it_does()
    {
        _device.Hold();
        var append = FollowAsync(1, (1, "a"));
        await Assert.ThrowsAsync<TimeoutException>(() => append);
        await Assert.ThrowsAsync<TimeoutException>(() => FollowAsync(2, (1, "b")));
    }

    [Fact]
    public async Task A_vote_is_kept_over_a_restart_and_given_once_per_term()
    {
        await TermAsync(4);
        Assert.True(Log.IsVotedFor(MemberA));
        await Log.UpdateVotedForAsync(MemberA, Cancellation);
        await ReopenAsync();
        Assert.Equal(4, _log.Term);
        Assert.True(Log.IsVotedFor(MemberA));
        Assert.False(Log.IsVotedFor(MemberB));
        await Assert.ThrowsAsync<ConsensusViolationException>(async () => await Log.UpdateVotedForAsync(MemberB, Cancellation));
        Assert.Equal(5, await Log.IncrementTermAsync(MemberB, Cancellation));
        await ReopenAsync();
        Assert.Equal(5, _log.Term);
        Assert.True(Log.IsVotedFor(MemberB));
    }

    [Fact]
    public async Task A_vote_is_on_disk_before_it_is_given()
    {
        _device.Hold();
        var increment = Log.IncrementTermAsync(MemberA, Cancellation).AsTask();
        await Task.Delay(30, Cancellation);
        Assert.False(increment.IsCompleted);
        _device.Release();
        Assert.Equal(1, await increment);
    }

    [Fact]
    public async Task A_term_never_goes_back()
    {
        await TermAsync(5);
        await TermAsync(3);
        Assert.Equal(5, _log.Term);
    }

    [Fact]
    public async Task A_deposed_leader_cannot_append()
    {
        await LeadAsync(1);
        await TermAsync(2);
        await Assert.ThrowsAsync<StaleTermException>(async () => await Log.AppendAsync(new CommandEntry(1, new ProposalBatch(1, 1, static _ => { })), Cancellation));
        await Assert.ThrowsAsync<StaleTermException>(async () => await Log.AppendAsync(new EmptyLogEntry { Term = 1 }, Cancellation));
        Assert.Equal(1, _log.LastIndex);
    }

    [Fact]
    public async Task A_leader_commits_entries_of_former_terms_only_together_with_one_of_its_own()
    {
        await FollowAsync(1, (1, "a"), (1, "b"));
        await LeadAsync(2);
        Assert.Equal(0, await Log.CommitAsync(2, Cancellation));
        Assert.Equal(3, await Log.CommitAsync(3, Cancellation));
    }

    [Fact]
    public async Task A_leader_commits_what_is_on_its_own_disk_and_asks_for_a_round_when_there_is_more()
    {
        await LeadAsync(1);
        await Log.CommitAsync(1, Cancellation);
        var rounds = 0;
        _log.RoundWanted = () => Interlocked.Increment(ref rounds);
        _device.Hold();
        await AppendOwnAsync(1);
        Assert.Equal(0, await Log.CommitAsync(2, Cancellation));
        Assert.Equal(1, _log.CommitIndex);
        _device.Release();
        await PollAsync(() => Volatile.Read(ref rounds) == 1);
        Assert.Equal(1, await Log.CommitAsync(2, Cancellation));
    }

    [Fact]
    public async Task A_new_leader_shows_its_own_first_entry_from_the_second_look_on()
    {
        await FollowAsync(1, (1, "a"));
        await LeadAsync(2);
        Assert.Equal(1, Log.LastEntryIndex);
        Assert.Equal(2, Log.LastEntryIndex);
        await AppendOwnAsync(2);
        Assert.Equal(3, Log.LastEntryIndex);
    }

    [Fact]
    public async Task An_entry_shorter_or_longer_than_announced_is_refused()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await Log.AppendAsync(Producer(new Liar("abc", 5)), 1, true, Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Log.AppendAsync(Producer(new Liar("abc", 2)), 1, true, Cancellation));
        Assert.Equal(0, _log.LastIndex);
    }

    [Fact]
    public async Task Entries_are_applied_after_they_are_committed_in_order_and_without_gaps()
    {
        await FollowAsync(1, (1, "a"), (1, "b"));
        Assert.Null(_log.NextToApply());
        await Log.CommitAsync(1, Cancellation);
        Assert.Equal(1, _log.NextToApply()!.Index);
        var waiting = _log.WaitForApplyAsync(2, Cancellation).AsTask();
        _log.SetApplied(1);
        Assert.Null(_log.NextToApply());
        Assert.Throws<ConsensusViolationException>(() => _log.SetApplied(2));
        await Log.CommitAsync(2, Cancellation);
        Assert.Throws<ConsensusViolationException>(() => _log.SetApplied(3));
        Assert.False(waiting.IsCompleted);
        _log.SetApplied(2);
        await waiting;
    }

    [Fact]
    public async Task A_cut_log_keeps_term_and_time_of_what_it_forgot()
    {
        await LeadAsync(2);
        var batch = Batch("a");
        await Log.AppendAsync(new CommandEntry(2, batch), Cancellation);
        await AppendOwnAsync(2);
        await AppendOwnAsync(2);
        var time = _log.TimeAt(2);
        Assert.True(time > 0);
        Assert.Equal(0, _log.TimeAt(1));
        await CommitAndApplyAsync(4);
        _log.CutHead(3, long.MaxValue);
        Assert.Equal(new RaftLogMark(3, 2, time), _log.Mark);
        Assert.Equal(time, _log.TimeAt(4));
        await ReopenAsync(applied: 4);
        Assert.Equal(new RaftLogMark(3, 2, time), _log.Mark);
        Assert.Equal(time, _log.TimeAt(4));
        Assert.Equal(2, await TermAtAsync(3));
    }

    [Fact]
    public async Task What_a_follower_is_fetching_behind_is_not_cut()
    {
        await LeadAsync(1);
        await AppendOwnAsync(1);
        await AppendOwnAsync(1);
        await CommitAndApplyAsync(3);
        _log.CutHead(3, hold: 1);
        Assert.Equal(1, _log.Mark.Index);
        _log.CutHead(2, long.MaxValue);
        Assert.Equal(2, _log.Mark.Index);
    }

    [Fact]
    public async Task After_a_snapshot_the_commit_index_is_shown_when_the_leader_knows_of_it()
    {
        await FollowAsync(1, (1, "a"));
        await Log.CommitAsync(1, Cancellation);
        _log.SetApplied(1);
        await TermAsync(3);
        await _log.ResetAsync(new RaftLogMark(50, 3, 777));
        Assert.Equal(1, Log.LastCommittedEntryIndex);
        Assert.Equal(50, _log.CommitIndex);
        Assert.True(_log.AdoptCommitted(40, 2)); // the leader had offered a state up to 40
        Assert.Equal(2, await TermAtAsync(40));
        await FollowAsync(41, (3, "old"), (3, "old"));
        Assert.Equal(50, Log.LastCommittedEntryIndex);
        Assert.Equal(50, _log.LastIndex);
        await FollowAsync(51, (3, "new"));
        await ReopenAsync(applied: 50);
        Assert.Equal(51, _log.LastIndex);
        Assert.Equal(777, _log.TimeAt(50));
    }

    [Fact]
    public async Task A_snapshot_that_the_log_contains_takes_nothing_away()
    {
        await FollowAsync(1, (1, "a"), (1, "b"), (1, "c"));
        Assert.False(_log.AdoptCommitted(4, 1));
        Assert.False(_log.AdoptCommitted(2, 9));
        Assert.True(_log.AdoptCommitted(2, 1));
        Assert.Equal(2, _log.CommitIndex);
        await _log.ResetAsync(new RaftLogMark(2, 1, 0));
        Assert.Equal(3, _log.LastIndex); // what follows may have been acknowledged
        await ReopenAsync(applied: 2);
        Assert.Equal(3, _log.LastIndex);
        Assert.Equal("c", TextAt(3));
    }

    [Fact]
    public async Task Callers_of_a_replaced_entry_hear_that_this_node_does_not_lead()
    {
        await LeadAsync(1);
        using var never = new CancellationTokenSource();
        var proposal = new Proposal(never.Token);
        var batch = new ProposalBatch(10, 1000, static _ => { });
        batch.Add("k"u8, proposal);
        await Log.AppendAsync(new CommandEntry(1, batch), Cancellation);
        await TermAsync(2);
        await FollowAsync(2, (2, "x"));
        await Assert.ThrowsAsync<NotLeaderException>(async () => await proposal.Task);
        Assert.Null(_log.TakeBatch(2));
    }

    [Fact]
    public async Task Behind_the_beginning_of_the_log_a_follower_is_offered_the_state()
    {
        await LeadAsync(1);
        await AppendOwnAsync(1);
        await AppendOwnAsync(1);
        await CommitAndApplyAsync(3);
        _log.CutHead(2, long.MaxValue);
        Assert.Equal((3L, 0), await Log.ReadAsync(new Reader(), 1, 3, Cancellation));
        Assert.Equal((-1L, 1), await Log.ReadAsync(new Reader(), 3, 3, Cancellation));
        Assert.Equal((-1L, 0), await Log.ReadAsync(new Reader(), 4, 3, Cancellation));
    }

    /// <summary>DotNext would count a follower that took over a state, and nothing behind it, among those that have the entry.</summary>
    [Fact]
    public async Task With_more_than_three_voters_a_round_in_which_a_state_was_offered_commits_nothing()
    {
        var rounds = 0;
        _log.Voters = static () => 5;
        _log.RoundWanted = () => rounds++;
        await LeadAsync(1);
        await AppendOwnAsync(1);
        await CommitAndApplyAsync(2);
        _log.CutHead(2, long.MaxValue);
        await AppendOwnAsync(1);
        await _store.LastWrite();

        Assert.Equal((2L, 0), await Log.ReadAsync(new Reader(), 1, 3, Cancellation));
        Assert.Equal(0, await Log.CommitAsync(3, Cancellation));
        Assert.Equal(1, rounds);
        Assert.Equal(1, await Log.CommitAsync(3, Cancellation));
    }

    [Fact]
    public async Task A_change_of_members_before_another_one_counts_before_it_is_applied()
    {
        await FollowAsync(1, (1, "a"));
        await Log.AppendAsync(Producer(new Liar("one", 3) { IsConfiguration = true }), 2, true, Cancellation);
        Assert.True(_log.HasPendingConfiguration);
        Assert.Null(_log.OvertakenConfiguration()); // it may never be committed
        await Log.AppendAsync(Producer(new Liar("two", 3) { IsConfiguration = true }), 3, true, Cancellation);
        Assert.Equal(2, _log.OvertakenConfiguration()?.Index);
        await ReopenAsync();
        Assert.Equal(2, _log.OvertakenConfiguration()?.Index);

        await TermAsync(2);
        await FollowAsync(3, (2, "b"));
        Assert.Null(_log.OvertakenConfiguration());
        await CommitAndApplyAsync(3);
        Assert.False(_log.HasPendingConfiguration);
    }

    private static ProposalBatch Batch(string command)
    {
        var batch = new ProposalBatch(10, 1000, static _ => { });
        batch.Add(System.Text.Encoding.UTF8.GetBytes(command), new Proposal(CancellationToken.None));
        return batch;
    }

    private static LogEntryProducer<T> Producer<T>(params T[] entries)
        where T : IRaftLogEntry => new(entries);

    private async Task FollowAsync(long start, params (long Term, string Text)[] entries)
    {
        if (entries.Length > 0 && entries.Max(e => e.Term) > _log.Term)
        {
            await TermAsync(entries.Max(e => e.Term));
        }

        await Log.AppendAsync(Producer([.. entries.Select(e => new Liar(e.Text, e.Text.Length, e.Term))]), start, true, Cancellation);
    }

    private async Task LeadAsync(long term)
    {
        await TermAsync(term - 1);
        await Log.IncrementTermAsync(MemberA, Cancellation);
        await AppendOwnAsync(term);
    }

    private async Task TermAsync(long term) => await Log.UpdateTermAsync(term, true, Cancellation);

    private async Task AppendOwnAsync(long term) => await Log.AppendAsync(new EmptyLogEntry { Term = term }, Cancellation);

    private async Task CommitAndApplyAsync(long index)
    {
        await _store.LastWrite();
        await Log.CommitAsync(index, Cancellation);
        while (_log.AppliedIndex < index)
        {
            _log.SetApplied(_log.AppliedIndex + 1);
        }
    }

    private string TextAt(long index) => System.Text.Encoding.UTF8.GetString(_store.Read(Group, index)!.Payload.Span);

    private async Task<long> TermAtAsync(long index) => (await Log.ReadAsync(new TermReader(), index, index, Cancellation));

    private static async Task PollAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "condition not met in time");
            await Task.Delay(1);
        }
    }

    private async Task ReopenAsync(long applied = 0)
    {
        await _log.DisposeAsync();
        _store.Dispose();
        (_store, _log) = Open(applied);
    }

    private (RaftLogStore Store, GroupLog Log) Open(long applied)
    {
        var store = RaftLogStore.Open(Path.Combine(_root, "log"), new RaftLogStoreOptions(), TimeProvider.System, inner => _device = new TestDevice(inner));
        var log = new GroupLog(
            Group, new NodeId(1), store, store.Load(Group), applied, Path.Combine(_root, $"idle{_lives++}"), new ConsensusOptions { RetainedEntries = 0 }, _formats, TimeProvider.System)
        {
            Broken = _broken.Add,
            Voters = static () => 3,
        };
        return (store, log);
    }

    /// <summary>A received entry; its content may be other than announced.</summary>
    private sealed class Liar(string text, long length, long term = 1) : IRaftLogEntry
    {
        public long Term => term;

        public bool IsReusable => false;

        public bool IsConfiguration { get; init; }

        public int? CommandId { get; init; }

        public long? Length => length;

        public ValueTask WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
            where TWriter : IAsyncBinaryWriter => writer.CopyFromAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), null, token);
    }

    private sealed class TermReader : ILogEntryConsumer<IRaftLogEntry, long>
    {
        public bool LogEntryMetadataOnly => true;

        public ValueTask<long> ReadAsync<TEntryImpl, TList>(TList entries, long? snapshotIndex, CancellationToken token)
            where TEntryImpl : IRaftLogEntry
            where TList : IReadOnlyList<TEntryImpl> => ValueTask.FromResult(entries[0].Term);
    }

    private sealed class Reader : ILogEntryConsumer<IRaftLogEntry, (long Snapshot, int Entries)>
    {
        public ValueTask<(long Snapshot, int Entries)> ReadAsync<TEntryImpl, TList>(TList entries, long? snapshotIndex, CancellationToken token)
            where TEntryImpl : IRaftLogEntry
            where TList : IReadOnlyList<TEntryImpl>
        {
            if (snapshotIndex is { } index)
            {
                Assert.True(entries[0].IsSnapshot);
                return ValueTask.FromResult((index, entries.Count - 1));
            }

            return ValueTask.FromResult((-1L, entries.Count));
        }
    }
}

using MfsHa.Consensus.Membership;
using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus;

/// <summary>
/// A log store for groups whose states were not made by their logs: each log begins behind an imported state, with this node as its only member. Whoever becomes
/// a member later gets the state first, because the entries before it exist nowhere.
/// </summary>
public static class LogSeed
{
    /// <summary>Makes the store, durably, in a directory that has none, and returns the node as a member of groups.</summary>
    /// <param name="directory">Where a node looks for its log store (<see cref="ConsensusHostOptions.Directory"/>).</param>
    /// <param name="self">The node.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="state">Where the imported states stand.</param>
    /// <param name="time">The clock.</param>
    public static async Task<NodeEndPoint> WriteAsync(string directory, NodeId self, IEnumerable<ushort> groups, RaftLogMark state, TimeProvider time)
    {
        using var store = RaftLogStore.Open(ConsensusHost.LogDirectory(directory), new RaftLogStoreOptions(), time);
        var member = new NodeEndPoint(self, store.Incarnation);
        foreach (var group in groups)
        {
            _ = store.SaveHardState(group, new RaftHardState(state.Term, ReadOnlyMemory<byte>.Empty));
            _ = store.SaveConfiguration(group, new RaftConfiguration(state.Index, MemberCodec.Encode([member])));
            _ = store.Reset(group, state);
        }

        await store.LastWrite().ConfigureAwait(false);
        return member;
    }
}

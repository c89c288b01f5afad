using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// What an operation has asked of other shards on its way to an answer. One that asks for the same again is getting nowhere: what it was told at different moments does not fit together, or
/// what it has learnt was forgotten meanwhile. It has to begin anew.
/// </summary>
internal sealed class AskedNeeds
{
    private readonly HashSet<(byte Kind, uint Unit, string Key, bool Settled)> known = [];

    /// <summary>True when there is nothing to ask, or something that was not asked before.</summary>
    public bool BringForward(IReadOnlyCollection<RecordNeed> needs)
    {
        var before = known.Count;
        known.UnionWith(needs.Select(static n => (n.Kind, n.Unit, n.Key is null ? "" : Convert.ToHexString(n.Key), n.Settled)));
        return needs.Count == 0 || known.Count > before;
    }
}

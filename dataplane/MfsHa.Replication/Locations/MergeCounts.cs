namespace MfsHa.Replication.Locations;

/// <summary>What became of CRDT state that other nodes have sent.</summary>
/// <param name="Merged">Pieces of streams that were merged.</param>
/// <param name="Superseded">Registers: pieces that lost because something newer was known (last writer wins).</param>
/// <param name="Raised">Counters that only grow: another node knew of a higher epoch below which a chunkserver's connections were dropped.</param>
/// <param name="Ended">The set that only grows: another node knew of a connection that has ended, and this one did not.</param>
public readonly record struct MergeCounts(long Merged, long Superseded, long Raised, long Ended);

using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile;

/// <summary>The state of a cluster, for reading only; nobody else uses it meanwhile.</summary>
/// <param name="Shards">All shards by number, as they were at one moment and with no transaction between them half done (<see cref="Metadata.Sharding.CutSettlement"/>).</param>
/// <param name="System">The system group at a later moment: every session that a shard knows is there unless it has ended.</param>
/// <param name="Now">Unix seconds of the cut.</param>
public sealed record MetadataSource(IReadOnlyList<NamespaceState> Shards, SystemState System, uint Now);

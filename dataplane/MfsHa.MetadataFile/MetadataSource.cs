using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile;

/// <summary>The state of a cluster with one shard, for reading only; nobody else uses it meanwhile.</summary>
/// <param name="Shard">The shard, at one index of its log.</param>
/// <param name="System">The system group at a later moment: every session that the shard knows is there unless it has ended.</param>
/// <param name="Now">Unix seconds of the cut.</param>
public sealed record MetadataSource(NamespaceState Shard, SystemState System, uint Now);

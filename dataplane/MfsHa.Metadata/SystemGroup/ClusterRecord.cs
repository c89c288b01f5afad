using MemoryPack;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>What a cluster is and what it has given out.</summary>
[MemoryPackable]
public sealed partial record ClusterRecord
{
    /// <summary>MooseFS's identity of the metadata; never 0, never changed (design.md 13.3).</summary>
    public required ulong MetaId { get; init; }

    /// <summary>mfsha's name of the cluster.</summary>
    public required Guid ClusterId { get; init; }

    /// <summary>What clients are told as masterprocessid; the same on every node (client-protocol 2.1).</summary>
    public required ulong MasterProcessId { get; init; }

    /// <summary>Number of shards, fixed.</summary>
    public required ushort Shards { get; init; }

    /// <summary>Replicas of each shard.</summary>
    public required byte ReplicationFactor { get; init; }

    /// <summary>When the cluster was formed, Unix seconds.</summary>
    public uint Formed { get; init; }

    /// <summary>Id of the next session, 1..0x7FFFFFFF; ids are never reused.</summary>
    public uint NextSession { get; init; } = 1;

    /// <summary>Epoch of the next chunkserver connection; grows with every connection of any chunkserver.</summary>
    public ulong NextChunkServerEpoch { get; init; } = 1;

    /// <summary>Place of the next remembered answer.</summary>
    public ulong NextAnswer { get; init; }

    /// <summary>Place of the oldest remembered answer.</summary>
    public ulong FirstAnswer { get; init; }

    /// <summary>Version (metaversion) of the metadata.mfs that the cluster was made of; 0 = it was made empty.</summary>
    public ulong MetadataVersion { get; init; }

    /// <summary>The ranges of numbers that the cluster was imported with, when it has several shards: they are shard 0's.</summary>
    public ImportedRanges Imported { get; init; }
}

/// <summary>The exports in force.</summary>
/// <param name="Checksum">Hash of the parsed exports, equal on all nodes; clients registered under another must register anew (client-protocol 2.4).</param>
/// <param name="Text">The text of mfsexports.cfg.</param>
[MemoryPackable]
public sealed partial record ExportsRecord(ulong Checksum, byte[] Text)
{
    /// <summary>Nothing is exported.</summary>
    public static readonly ExportsRecord None = new(0, []);

    /// <summary>Longest text, bytes.</summary>
    public const int MaxLength = 1 << 20;
}

/// <summary>One option of the dynamic configuration.</summary>
/// <param name="Name">Its name, 1..255 bytes.</param>
/// <param name="Value">Its value, at most <see cref="MaxLength"/> bytes.</param>
[MemoryPackable]
public sealed partial record Option(Kernel.Name Name, byte[] Value)
{
    /// <summary>Longest value, bytes.</summary>
    public const int MaxLength = 65_536;
}

/// <summary>Where a shard's replicas are.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">Grows with every change, from 1.</param>
/// <param name="Nodes">Nodes with a replica, the one that should lead first.</param>
[MemoryPackable]
public sealed partial record PlacementRecord(ushort Shard, ulong Epoch, ushort[] Nodes);

/// <summary>Remembered answer to a command with a token.</summary>
[MemoryPackable]
public sealed partial record RememberedAnswer(uint UnixSeconds, byte[] Reply);

/// <summary>Token of a remembered answer.</summary>
[MemoryPackable]
public sealed partial record AnswerPlace(ulong Token);

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>What can be seen of a command's work at its commit point.</summary>
/// <param name="Coordinator">State of the shard that has executed it.</param>
/// <param name="Effects">What the others will do.</param>
/// <param name="TrashPath">Where an undeleted file was, before it came back.</param>
internal sealed record CommitView(NamespaceState Coordinator, ShardEffects[] Effects, byte[]? TrashPath)
{
    /// <summary>Kind of the table of directory entries (<see cref="NamespaceState.Entries"/>).</summary>
    private const byte EntryKind = 2;

    /// <summary>All entries that the shard has, and those that it makes in others.</summary>
    public IEnumerable<(uint Directory, Name Name, uint Inode)> Entries() => Coordinator.Entries.All()
        .Select(static e => (e.Key.Directory, e.Key.Name, e.Value.Inode))
        .Concat(Effects.SelectMany(static e => e.Writes).Where(static w => w.Kind == EntryKind && w.Value is not null).Select(static w =>
        {
            var (directory, name) = UInt32NameKey.Read(w.Key);
            return (directory, name, MemoryPackSerializer.Deserialize<DirectoryEntry>(w.Value)!.Inode);
        }));
}

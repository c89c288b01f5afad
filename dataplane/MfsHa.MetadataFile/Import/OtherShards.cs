using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// Makes one of several shards of the one that was imported, and the others empty. Everything that was imported stays in shard 0, with all numbers up to the end of their ranges; what
/// is made later goes to all of them.
/// </summary>
internal static class OtherShards
{
    /// <summary>Gives all shards their places; the first one holds everything, and its counters are stored.</summary>
    public static void Found(IReadOnlyList<NamespaceState> shards, SystemState system)
    {
        var first = shards[0];
        var counters = first.Counters;
        var imported = ShardLayout.RangesOf(counters.NextInode - 1, counters.NextChunk - 1);
        if (imported.Inodes > ShardLayout.MaxImportedInodeRanges || imported.Chunks > ShardLayout.MaxImportedChunkRanges)
        {
            throw new MetadataFileException(
                $"numbers go up to inode {counters.NextInode - 1} and chunk {counters.NextChunk - 1:X16}: too many to leave the other shards enough of their own. Import it with HA_SHARD_COUNT 1");
        }

        for (ushort number = 0; number < shards.Count; number++)
        {
            var shard = shards[number];
            var layout = new ShardLayout(number, (ushort)shards.Count, imported);
            shard.SetLayout(layout);
            shard.Counters = number == 0 ? counters : new Counters
            {
                NextInode = layout.FirstInode,
                NextChunk = layout.FirstChunk,

                // Each shard counts down in steps of their number from a place of its own, below all that are used: an entry of an imported directory may come from any of them.
                NextEdge = counters.NextEdge - number,
            };
            if (number > 0)
            {
                foreach (var record in first.AllStorageClasses())
                {
                    shard.StorageClasses.Set(record.Id, record);
                }

                shard.StoreClasses();
                if (first.NamePatterns is { Patterns.Length: > 0 } patterns)
                {
                    shard.NamePatterns = patterns;
                }
            }

            shard.Commit(success: true);
        }

        system.Cluster = system.RequireCluster() with { Imported = imported };
        system.Commit(success: true);
    }
}

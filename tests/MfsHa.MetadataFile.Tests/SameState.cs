using System.Text;
using MemoryPack;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Tests;

/// <summary>Everything that a metadata.mfs keeps, as text: two states are the same when the texts are.</summary>
internal static class SameState
{
    public static string Describe(NamespaceState shard, SystemState system)
    {
        var text = new StringBuilder();
        foreach (var (number, inode) in shard.Inodes.All())
        {
            // Which of its links is the first one is nobody's business.
            Add(text, "inode", number, inode with { Parent = 0, ParentEdge = 0, Target = inode.Target ?? [] });
            text.Append("links ").Append(number).Append(' ').AppendLine(string.Join(' ', shard.LinksOf(number, inode).Order()));
        }

        All(text, "entry", shard.Entries.All());
        All(text, "edge", shard.Edges.All());
        All(text, "totals", shard.Totals.All());
        All(text, "page", shard.ChunkPages.All());
        foreach (var (id, chunk) in shard.Chunks.All())
        {
            text.AppendLine($"chunk {id} {chunk.Version} {chunk.References} {(chunk.References > 0 ? chunk.StorageClass : 0)} {chunk.Archived} {string.Join(',', chunk.Classes ?? [])} {shard.OrphanChunks.Contains(id)}");
        }

        // A client may list objects as open that have been removed: nothing is lost with that.
        All(text, "open", shard.OpenBySession.All().Where(o => shard.Inodes.Contains(o.Key.Inode)));
        All(text, "openers", shard.OpenByInode.All().Where(o => shard.Inodes.Contains(o.Key)));
        foreach (var (number, detached) in shard.Detached.All())
        {
            text.AppendLine($"detached {number} {Convert.ToHexString(detached.Path)}");
        }

        All(text, "freed", shard.Freed.All());
        All(text, "acl", shard.Acls.All());
        foreach (var (number, summary) in shard.XattrSummaries.All())
        {
            text.AppendLine($"xattrs {number} {summary.Count} {summary.ListLength}: {string.Join(' ', shard.XattrsOf(number).Select(static x => $"{x.Key}={Convert.ToHexString(x.Value.Value)}"))}");
        }

        All(text, "quota", shard.Quotas.All());
        All(text, "flock", shard.Flocks.All());
        All(text, "posix lock", shard.PosixLocks.All());
        foreach (var record in shard.AllStorageClasses())
        {
            Add(text, "class", record.Id, record);
        }

        All(text, "class usage", shard.ClassUsages.All().Where(static u => u.Value.Files + u.Value.Directories > 0));
        Add(text, "counters", 0, shard.Counters with { NextEdge = 0, FirstRecycled = 0, NextRecycled = 0, RecycledTaken = 0 });
        foreach (var (id, session) in system.Sessions.All())
        {
            Add(text, "session", id, session with { Epoch = 0 });
        }

        foreach (var (id, server) in system.ChunkServers.All())
        {
            Add(text, "chunkserver", id, server with { Epoch = 0, Disconnected = 0 });
        }

        return text.AppendLine($"metaid {system.Cluster!.MetaId:X} next session {system.Cluster.NextSession}").ToString();
    }

    private static void All<TKey, TValue>(StringBuilder text, string what, IEnumerable<KeyValuePair<TKey, TValue>> records)
    {
        foreach (var (key, value) in records)
        {
            Add(text, what, key, value);
        }
    }

    private static void Add<TKey, TValue>(StringBuilder text, string what, TKey key, TValue value) =>
        text.AppendLine($"{what} {key} {value} {Convert.ToHexString(MemoryPackSerializer.Serialize(value))}");
}

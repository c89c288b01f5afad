using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Import;

/// <summary>The empty state that a file is read into. Changes are written in small batches, so that memory stays bounded; the position is set by the last one.</summary>
internal sealed class ImportTarget(IReadOnlyList<NamespaceState> shards, SystemState system, ImportOptions options, MetadataReport report, CancellationToken cancellation)
{
    private readonly NamespaceState shard = shards[0];
    private readonly uint now = options.Now;

    private const int MaxPendingRecords = 8192;
    private Counters counters = new();

    /// <summary>The shard that everything is read into.</summary>
    public NamespaceState Shard => shard;

    /// <summary>True when the file is a backup of a cluster that went on after it.</summary>
    public bool IsRestore => options.IsRestore;

    /// <summary>True when there are other shards, which are empty.</summary>
    public bool HasOtherShards => shards.Count > 1;

    /// <summary>The system group, formed.</summary>
    public SystemState System => system;

    /// <summary>Unix seconds of the import.</summary>
    public uint Now => now;

    /// <summary>What was found and what could not be kept.</summary>
    public MetadataReport Report => report;

    /// <summary>Changes the counters, which are stored at the end.</summary>
    public void Change(Func<Counters, Counters> change) => counters = change(counters);

    /// <summary>Inode numbers above all that were ever used begin here.</summary>
    public uint NextInode => counters.NextInode;

    /// <summary>Adds an object that has no entry yet.</summary>
    public void AddObject(uint number, Inode inode)
    {
        shard.Inodes.Set(number, inode);
        shard.CountClass(inode.StorageClass, inode, 1);
        counters = counters with { Inodes = counters.Inodes + 1 };
        var length = (long)inode.Length;
        switch (inode.Type)
        {
            case Protocol.NodeType.Directory:
                counters = counters with { Directories = counters.Directories + 1 };
                break;
            case Protocol.NodeType.File:
                counters = counters with { Files = counters.Files + 1 };
                break;
            case Protocol.NodeType.Trash:
                counters = counters with { TrashFiles = counters.TrashFiles + 1, TrashLength = counters.TrashLength + length };
                break;
            case Protocol.NodeType.Sustained:
                counters = counters with { SustainedFiles = counters.SustainedFiles + 1, SustainedLength = counters.SustainedLength + length };
                break;
            default:
                break;
        }
    }

    /// <summary>Counts a chunk.</summary>
    public void CountChunk()
    {
        counters = counters with { Chunks = counters.Chunks + 1 };
        report.Chunks++;
    }

    /// <summary>Ends a record: what it changed is final.</summary>
    public void Step()
    {
        cancellation.ThrowIfCancellationRequested();
        shard.Commit(success: true);
        system.Commit(success: true);
        if (shard.PendingCount >= MaxPendingRecords)
        {
            shard.WritePending();
        }

        if (system.PendingCount >= MaxPendingRecords)
        {
            system.WritePending();
        }
    }

    /// <summary>Writes what waits.</summary>
    public void Write()
    {
        Step();
        shard.WritePending();
        system.WritePending();
    }

    /// <summary>Stores the counters and moves all states to the first index of their logs: a log that has no earlier entries goes on from there.</summary>
    public void Complete()
    {
        if (IsRestore)
        {
            (counters, system.Cluster) = RestoreGuard.StepOver(counters, system.RequireCluster());
        }

        shard.Counters = counters;
        Step();
        if (HasOtherShards)
        {
            OtherShards.Found(shards, system);
        }

        if (IsRestore)
        {
            foreach (var one in shards)
            {
                one.HoldDeletions();
            }
        }

        var position = new Metadata.Kernel.LogPosition(1, 1, now * 1000L);
        foreach (var one in shards)
        {
            one.Commit(success: true);
            one.Advance(position);
            one.WritePending();
        }

        system.Commit(success: true);
        system.Advance(position);
        Write();
    }
}

using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Import;

/// <summary>The empty state that a file is read into. Changes are written in small batches, so that memory stays bounded; the position is set by the last one.</summary>
internal sealed class ImportTarget(NamespaceState shard, SystemState system, uint now, MetadataReport report, CancellationToken cancellation)
{
    private const int MaxPendingRecords = 8192;
    private Counters counters = new();

    /// <summary>The shard.</summary>
    public NamespaceState Shard => shard;

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

    /// <summary>Stores the counters and moves both states to the first index of their logs: a log that has no earlier entries goes on from there.</summary>
    public void Complete()
    {
        shard.Counters = counters;
        Step();
        var position = new Metadata.Kernel.LogPosition(1, 1, now * 1000L);
        shard.Advance(position);
        system.Advance(position);
        Write();
    }
}

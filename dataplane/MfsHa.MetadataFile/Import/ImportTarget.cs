using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.MetadataFile.Changelogs;
using MfsHa.MetadataFile.Import.Objects;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// The empty state that a file is read into. Objects, entries and chunks are noted and come at the end; everything else is written in small batches, so that memory stays bounded. The position is set by
/// the last one.
/// </summary>
internal sealed class ImportTarget(ImportPlaces places, ImportOptions options, MetadataReport report, CancellationToken cancellation) : IDisposable
{
    private readonly IReadOnlyList<NamespaceState> shards = places.Shards;
    private readonly NamespaceState shard = places.Shards[0];
    private readonly SystemState system = places.System;
    private readonly uint now = options.Now;

    private const int MaxPendingRecords = 8192;

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

    /// <summary>Where records go that come in order.</summary>
    public IBulkStore Bulk => places.Bulk;

    /// <summary>Room for what does not fit into memory.</summary>
    public IScratch Scratch => places.Scratch;

    /// <summary>Bytes of notes of a kind that are sorted in memory at once.</summary>
    public int SortMemory => places.SortMemory;

    /// <summary>What is noted for the end.</summary>
    public TreeNotes Tree { get; } = new(places.Scratch, places.SortMemory);

    /// <summary>What has to be known of objects meanwhile.</summary>
    public ObjectIndex Objects { get; private set; } = new();

    /// <summary>Counts objects and chunks.</summary>
    public Tally Tally { get; } = new();

    /// <summary>Says how far it is.</summary>
    public ImportMeter Meter => options.Meter;

    /// <summary>What was found and what could not be kept.</summary>
    public MetadataReport Report => report;

    /// <summary>Changes the counters.</summary>
    public void Change(Func<Counters, Counters> change) => shard.Counters = change(shard.Counters);

    /// <summary>Inode numbers above all that were ever used begin here.</summary>
    public uint NextInode => shard.Counters.NextInode;

    /// <summary>Does again what the mfsmaster did after it had stored the file; returns the number of the next change.</summary>
    public ulong Replay(IReadOnlyList<ChangelogFile> changelogs, ulong version)
    {
        if (changelogs.Count == 0)
        {
            return version;
        }

        // Only to look up what deletions have done; a node's own settings come with its start.
        var settings = shard.Settings;
        shard.Settings = settings with { KeepEmptyFilesInTrash = options.KeepsEmptyFilesInTrash };
        version = ChangelogReplay.Run(this, changelogs, version);
        shard.Settings = settings;
        Objects = ObjectIndex.Of(shard);
        report.CountAgain(shard);
        return version;
    }

    /// <summary>Ends a note.</summary>
    public void Tick() => cancellation.ThrowIfCancellationRequested();

    /// <inheritdoc/>
    public void Dispose() => Tree.Dispose();

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
            (shard.Counters, system.Cluster) = RestoreGuard.StepOver(shard.Counters, system.RequireCluster());
        }

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

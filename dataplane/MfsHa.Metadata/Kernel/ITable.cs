using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.Kernel;

/// <summary>What <see cref="StateTables"/> needs of every table.</summary>
internal interface ITable
{
    /// <summary>Number of changes that wait.</summary>
    int PendingCount { get; }

    /// <summary>Forgets the changes made since the last <see cref="KeepChanges"/>.</summary>
    void UndoChanges();

    /// <summary>Makes the changes since the last call permanent (in memory).</summary>
    void KeepChanges();

    /// <summary>Moves all pending changes into <paramref name="changes"/>.</summary>
    void TakePending(List<StoreChange> changes);

    /// <summary>Drops everything cached; nothing may be pending.</summary>
    void DropCache();

    /// <summary>Entries held in memory (HOT tier).</summary>
    int CachedCount { get; }

    /// <summary>Entries that may be held in memory; those that wait to be written come on top.</summary>
    int CacheLimit { get; }

    /// <summary>Kind of the table's records.</summary>
    byte Kind { get; }

    /// <summary>Takes in what another shard has said of its records, until <see cref="DropOutside"/>.</summary>
    void Supply(RecordAnswer answer);

    /// <summary>Adds the changes of other shards' records.</summary>
    void TakeOutsideWrites(List<(uint Unit, RecordWrite Write)> target);

    /// <summary>Forgets everything about other shards' records.</summary>
    void DropOutside();

    /// <summary>What there is of a unit, or of one key.</summary>
    RecordAnswer Answer(RecordNeed need);

    /// <summary>Writes one record as a transaction wants it.</summary>
    void Write(RecordWrite write);
}

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
}

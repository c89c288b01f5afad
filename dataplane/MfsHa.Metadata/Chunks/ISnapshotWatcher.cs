namespace MfsHa.Metadata.Chunks;

/// <summary>Who is told what a <see cref="SnapshotCopy"/> does, while it does it.</summary>
internal interface ISnapshotWatcher
{
    /// <summary>The entry of a file is gone that makes place for another one, which is made next.</summary>
    void Replaced(uint number);

    /// <summary>An object was made; it has neither content nor its original's attributes yet.</summary>
    void Made(uint number);
}

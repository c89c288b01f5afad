namespace MfsHa.Metadata.Chunks;

/// <summary>What a snapshot, or its removal, has done (mfsmaster/filesystem.c: fsnodes_snapshot_params): what an mfsmaster writes behind it into its changelog.</summary>
internal struct SnapshotCounts
{
    /// <summary>Numbers of objects that were made or removed, joined by exclusive or.</summary>
    public uint Sum;

    /// <summary>Objects that were removed.</summary>
    public uint Removed;

    /// <summary>Files that were as they should be already.</summary>
    public uint Same;

    /// <summary>Other objects that existed already; also files that were replaced.</summary>
    public uint Existing;

    /// <summary>Further names of objects that were made.</summary>
    public uint Links;

    /// <summary>Objects that were made where there were none.</summary>
    public uint Made;
}

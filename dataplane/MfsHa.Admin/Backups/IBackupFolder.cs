using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>Where backups lie together: a directory, or keys of an object store with the same beginning.</summary>
internal interface IBackupFolder
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Names of all metadata.mfs files in it whose names begin with a text.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>The manifest of one. <see cref="BackupException"/>: it is missing or damaged.</summary>
    Task<BackupManifest> ManifestAsync(string name, CancellationToken cancellation);

    /// <summary>Reads every byte of one. <see cref="BackupException"/>: it is not whole.</summary>
    Task CheckAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes one: its metadata.mfs first, because a manifest alone is no backup, and a metadata.mfs alone would be something that nothing vouches for.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);
}

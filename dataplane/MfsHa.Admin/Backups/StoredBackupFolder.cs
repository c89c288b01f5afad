using System.Runtime.CompilerServices;
using MfsHa.Admin.ObjectStores;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>Backups in an object store, below a place.</summary>
internal sealed class StoredBackupFolder(IObjectStore store, ObjectPlace place) : IBackupFolder
{
    private const string Suffix = ".mfs";

    /// <inheritdoc/>
    public string Name => place.ToString();

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (string key in store.ListAsync(KeyOf(prefix), cancellation).ConfigureAwait(false))
        {
            // What is deleted later is looked at twice.
            if (key.StartsWith(KeyOf(prefix), StringComparison.Ordinal) && key.EndsWith(Suffix, StringComparison.Ordinal))
            {
                yield return key[KeyOf("").Length..];
            }
        }
    }

    /// <inheritdoc/>
    public Task<BackupManifest> ManifestAsync(string name, CancellationToken cancellation) => StoredBackups.ManifestAsync(store, KeyOf(name), cancellation);

    /// <inheritdoc/>
    public async Task CheckAsync(string name, CancellationToken cancellation) =>
        await StoredBackups.CompareAsync(store, KeyOf(name), await ManifestAsync(name, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        await store.DeleteAsync(KeyOf(name), cancellation).ConfigureAwait(false);
        await store.DeleteAsync(BackupManifest.PathOf(KeyOf(name)), cancellation).ConfigureAwait(false);
    }

    private string KeyOf(string name) => $"{place.Key}/{name}";
}

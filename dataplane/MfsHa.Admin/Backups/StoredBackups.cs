using MfsHa.Admin.Exports;
using MfsHa.Admin.ObjectStores;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>
/// Backups in an object store, by the rule of those on a disk: the manifest gets its key first, then the metadata.mfs, so that what has the backup's key is whole; and a backup never replaces one.
/// </summary>
public static class StoredBackups
{
    private const int CopyLength = 1 << 20;

    /// <summary>Brings a whole backup into a store, and reads back what has arrived.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">Key of the metadata.mfs.</param>
    /// <param name="path">The metadata.mfs on this machine, its manifest beside it.</param>
    /// <param name="cancellation">Ends it; at most a manifest without a metadata.mfs is left.</param>
    /// <exception cref="BackupException">It is not whole, there is one already, or something else has arrived: that stays, and is no whole backup for anybody.</exception>
    /// <exception cref="ObjectStoreException">The store refuses.</exception>
    public static async Task<BackupManifest> PushAsync(IObjectStore store, string key, string path, CancellationToken cancellation)
    {
        BackupManifest manifest = await BackupCheck.RunAsync(path, cancellation).ConfigureAwait(false);
        if (await store.LengthAsync(key, cancellation).ConfigureAwait(false) is not null)
        {
            throw new BackupException($"{key} exists already: it is not replaced");
        }

        await PutAsync(store, BackupManifest.PathOf(key), BackupManifest.PathOf(path), cancellation).ConfigureAwait(false);
        await PutAsync(store, key, path, cancellation).ConfigureAwait(false);

        // The manifest, too: another one may have been at work under this name. Nothing is deleted: it may be that one's.
        if (!(await ManifestAsync(store, key, cancellation).ConfigureAwait(false)).ToBytes().AsSpan().SequenceEqual(manifest.ToBytes()))
        {
            throw new BackupException($"{BackupManifest.PathOf(key)}: another manifest is there than was sent");
        }

        try
        {
            await CompareAsync(store, key, manifest, cancellation).ConfigureAwait(false);
        }
        catch (BackupException e)
        {
            throw new BackupException($"{key}: something else has arrived than was sent: {e.Message}");
        }

        return manifest;
    }

    /// <summary>Brings a backup from a store to this machine; a file under its name is whole.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">Key of the metadata.mfs.</param>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="cancellation">Ends it; at most a manifest is left.</param>
    /// <returns>The manifest; null: there is no such backup.</returns>
    /// <exception cref="BackupException">It is not whole.</exception>
    /// <exception cref="ExportException">The file cannot be written.</exception>
    /// <exception cref="ObjectStoreException">The store refuses.</exception>
    public static async Task<BackupManifest?> FetchAsync(IObjectStore store, string key, string path, CancellationToken cancellation)
    {
        if (await store.LengthAsync(key, cancellation).ConfigureAwait(false) is null)
        {
            return null;
        }

        BackupManifest manifest = await ManifestAsync(store, key, cancellation).ConfigureAwait(false);
        try
        {
            using WholeFile file = WholeFile.Create(path);
            await using (Stream content = await store.OpenAsync(key, cancellation).ConfigureAwait(false))
            {
                await CopyAsync(content, file, manifest.Length, cancellation).ConfigureAwait(false);
            }

            await BackupCheck.CheckAsync(manifest, file.ReadBack(), cancellation).ConfigureAwait(false);
            using WholeFile beside = WholeFile.Create(BackupManifest.PathOf(path), mayReplace: true);
            await beside.WriteAsync(0, manifest.ToBytes(), cancellation).ConfigureAwait(false);
            beside.Complete();
            file.Complete();
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExportException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The manifest of a backup.</summary>
    /// <exception cref="BackupException">It is missing or damaged.</exception>
    /// <exception cref="ObjectStoreException">The store refuses.</exception>
    public static async Task<BackupManifest> ManifestAsync(IObjectStore store, string key, CancellationToken cancellation)
    {
        string name = BackupManifest.PathOf(key);
        switch (await store.LengthAsync(name, cancellation).ConfigureAwait(false))
        {
            case null:
                throw new BackupException($"there is no {name}, so {key} is no whole backup");
            case > BackupManifest.MaxLength:
                throw new BackupException($"{name} is longer than any manifest");
            case { } length:
                var bytes = new byte[length];
                await using (Stream content = await store.OpenAsync(name, cancellation).ConfigureAwait(false))
                {
                    try
                    {
                        await content.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
                    }
                    catch (IOException e)
                    {
                        throw new ObjectStoreException($"{name}: not all of it arrives: {e.Message}", e);
                    }
                }

                return BackupManifest.Parse(name, bytes);
        }
    }

    /// <summary>Whether a stored metadata.mfs is that of its manifest, byte by byte.</summary>
    /// <exception cref="BackupException">It is not.</exception>
    /// <exception cref="ObjectStoreException">The store refuses.</exception>
    public static async Task CompareAsync(IObjectStore store, string key, BackupManifest manifest, CancellationToken cancellation)
    {
        long length = await store.LengthAsync(key, cancellation).ConfigureAwait(false) ?? throw new BackupException($"there is no {key}");
        await using Stream content = await store.OpenAsync(key, cancellation).ConfigureAwait(false);
        try
        {
            await BackupCheck.CompareAsync(manifest, content, length, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ObjectStoreException($"{key}: not all of it arrives: {e.Message}", e);
        }
    }

    private static async Task PutAsync(IObjectStore store, string key, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        await store.PutAsync(key, file, cancellation).ConfigureAwait(false);
    }

    // Not more than was promised: a store that answers with something else must not fill the disk.
    private static async Task CopyAsync(Stream content, WholeFile file, long most, CancellationToken cancellation)
    {
        var piece = new byte[CopyLength];
        long offset = 0;
        while (await content.ReadAsync(piece, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            if (offset + read > most)
            {
                throw new BackupException($"more bytes arrive than the manifest says, {most}");
            }

            await file.WriteAsync(offset, piece.AsMemory(0, read), cancellation).ConfigureAwait(false);
            offset += read;
        }
    }
}

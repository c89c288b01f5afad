using System.Runtime.CompilerServices;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>Backups in a directory.</summary>
internal sealed class BackupDirectory(DirectoryInfo directory) : IBackupFolder
{
    /// <inheritdoc/>
    public string Name => directory.FullName;

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (FileInfo file in directory.EnumerateFiles("*.mfs").Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return file.Name;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<BackupManifest> ManifestAsync(string name, CancellationToken cancellation) => Task.FromResult(BackupManifest.Read(PathOf(name)));

    /// <inheritdoc/>
    public Task CheckAsync(string name, CancellationToken cancellation) => BackupCheck.RunAsync(PathOf(name), cancellation);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellation)
    {
        File.Delete(PathOf(name));
        File.Delete(BackupManifest.PathOf(PathOf(name)));
        return Task.CompletedTask;
    }

    private string PathOf(string name) => Path.Combine(directory.FullName, name);
}

using System.Globalization;
using MfsHa.MetadataFile;
using MfsHa.MetadataFile.Backups;
using MfsHa.MetadataFile.Changelogs;
using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;
using MfsHa.Node.Imports;
using MfsHa.Storage;

namespace MfsHa.Node.Commands;

/// <summary>
/// <c>mfsha --import-metadata FILE</c> and <c>mfsha --restore-cluster --backup=FILE</c>: makes the data directory of a new cluster of a metadata.mfs; no node is started.
/// </summary>
internal sealed class ImportRunner(string? configurationFile, TextWriter output, TextWriter error, TimeProvider clock)
{
    /// <summary>Returns the exit code.</summary>
    /// <param name="path">The metadata.mfs.</param>
    /// <param name="isRestore">True when it is one of mfsha's backups, with a manifest: then every byte of it is checked first.</param>
    /// <param name="nodeId">The node that is meant; null when it was not said.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<int> RunAsync(string path, bool isRestore, int? nodeId, CancellationToken cancellation)
    {
        try
        {
            LoadedConfiguration configuration = ConfigurationReader.Load(configurationFile, Environment.GetEnvironmentVariable);
            if (nodeId is { } meant && meant != configuration.Node.NodeId)
            {
                return await FailAsync($"--node-id is {meant}, but this is node {configuration.Node.NodeId} (MFSHA_NODE_ID)").ConfigureAwait(false);
            }

            if (isRestore)
            {
                await BackupCheck.RunAsync(path, cancellation).ConfigureAwait(false);
            }

            // Opened as the user who called, who may read it; the data directory is the working user's.
            await using FileStream file = File.OpenRead(path);

            // A backup is whole by itself; what an mfsmaster has stored has its changelogs beside it.
            using MasterFiles? beside = isRestore ? null : MasterFiles.OpenBeside(file);
            Privileges.Apply(configuration.Node, new ConsoleReport(error));
            using LockFile? held = await LockFile.TryAcquireAsync(configuration.Node.DataPath, cancellation).ConfigureAwait(false);
            if (held is null)
            {
                return await FailAsync($"a node is running in {configuration.Node.DataPath} (process {LockFile.FindOwner(configuration.Node.DataPath)})").ConfigureAwait(false);
            }

            ImportMeter meter = new();
            (MetadataReport report, ulong metaId) = await new ImportProgress(file, meter, error, !Console.IsErrorRedirected, clock)
                .RunAsync(() => new MetadataImport(configuration.Node, meter, clock).RunAsync(file, beside?.Changelogs ?? [], isRestore, cancellation)).ConfigureAwait(false);
            await WriteAsync(path, report, metaId).ConfigureAwait(false);
            await WriteAdviceAsync(configuration.Node.ShardCount, isRestore).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (BackupException e)
        {
            return await FailAsync($"{path}: not a whole backup: {e.Message}").ConfigureAwait(false);
        }
        catch (MetadataFileException e)
        {
            return await FailAsync($"{path}: {e.Message}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException or StorageUnavailableException)
        {
            return await FailAsync(e.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync("interrupted").ConfigureAwait(false);
        }
    }

    private async Task<int> FailAsync(string message)
    {
        await error.WriteLineAsync(message + ": nothing was imported").ConfigureAwait(false);
        return ExitCode.Failed;
    }

    private async Task WriteAdviceAsync(int shards, bool isRestore)
    {
        if (shards > 1)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"shards: {shards}; all that was imported is in shard 0, new directories go to all of them")).ConfigureAwait(false);
        }

        if (isRestore)
        {
            await output.WriteLineAsync("deletion of chunks is held: when the files are as they should be, mfsha-admin release-deletions").ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(string path, MetadataReport report, ulong metaId)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path}: imported, metaid {metaId:X16}")).ConfigureAwait(false);
        if (report.Replayed > 0)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"changes replayed from changelogs: {report.Replayed}")).ConfigureAwait(false);
        }

        (string What, long Count)[] found =
        [
            ("objects", report.Inodes), ("in the trash", report.TrashFiles), ("unlinked and open", report.SustainedFiles), ("entries", report.Entries), ("chunks", report.Chunks),
            ("storage classes", report.StorageClasses), ("quotas", report.Quotas), ("extended attributes", report.Xattrs), ("ACLs", report.Acls), ("sessions", report.Sessions),
            ("chunkservers", report.ChunkServers),
        ];
        foreach ((string what, long count) in found)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{what}: {count}")).ConfigureAwait(false);
        }

        foreach (string loss in report.Losses)
        {
            await output.WriteLineAsync($"not kept: {loss}").ConfigureAwait(false);
        }

        if (report.LossCount > report.Losses.Count)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"not kept: {report.LossCount - report.Losses.Count} more of this kind")).ConfigureAwait(false);
        }
    }
}

using MfsHa.Demo.Load;

namespace MfsHa.Demo.Phases;

/// <summary>
/// Everything acknowledged must be there: names exactly, contents by their checksums. Looked at through a second mount, so that no cache
/// answers, connected to the node that was dead.
/// </summary>
public sealed class VerifyAcknowledged : IPhase
{
    private const int Shown = 5;

    public string Title => "all acknowledged is verified";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var node = context.Victim ?? context.Cluster.ClientNode;
        var mount = await context.Cluster.MountAsync(node, "check", cancellation).ConfigureAwait(false);
        List<string> wrong = [];
        var files = await Task.Run(() => Look(context, mount.Path, wrong, cancellation), CancellationToken.None).WaitAsync(cancellation).ConfigureAwait(false);
        if (wrong.Count > 0)
        {
            throw new PromiseBrokenException($"{wrong.Count} of {context.Ledger.Count} are wrong: {string.Join("; ", wrong.Take(Shown))}");
        }
        await mount.StopAsync().ConfigureAwait(false);
        context.Story.Say($"{context.Ledger.Count:N0} names, {files:N0} contents: all there (fresh mount at node {node.Id})");
    }

    private static int Look(DemoContext context, string root, List<string> wrong, CancellationToken cancellation)
    {
        var files = 0;
        try
        {
            foreach (var folder in context.Ledger.Folders)
            {
                var expected = context.Ledger.EntriesOf(folder);
                var path = Path.Combine(root, folder);
                HashSet<string> found = Directory.Exists(path) ? [.. Directory.EnumerateFileSystemEntries(path).Select(static entry => Path.GetFileName(entry))] : [];
                wrong.AddRange(found.Where(name => !expected.ContainsKey(name)).Select(name => $"{folder}/{name} was renamed or never made, and is there"));
                foreach (var (name, checksum) in expected)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!found.Contains(name))
                    {
                        wrong.Add($"{folder}/{name} is missing");
                    }
                    else if (checksum is not null)
                    {
                        files++;
                        if (FileContent.ChecksumOf(Path.Combine(path, name)) != checksum)
                        {
                            wrong.Add($"{folder}/{name} has another content");
                        }
                    }
                }
            }
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromiseBrokenException($"reading failed: {e.Message}");
        }
    }
}

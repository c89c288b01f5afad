using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Chunks;

/// <summary>Chunks as they lie on the disks of chunkservers, and as mfsfileinfo shows them.</summary>
internal sealed partial class ChunkFiles(Deployment deployment)
{
    /// <summary>Ids of the chunks of a file, as mfsfileinfo shows them.</summary>
    public async Task<ulong[]> ChunksOfAsync(string path, CancellationToken cancellation) =>
        [.. ChunkId().Matches(await ToolAsync("mfsfileinfo", cancellation, path)).Select(static m => Parse(m.Groups[1].Value)).Distinct()];

    /// <summary>Valid copies of every chunk of a file, as mfsfileinfo shows them.</summary>
    public async Task<int[]> ValidCopiesAsync(string path, CancellationToken cancellation)
    {
        var output = await ToolAsync("mfsfileinfo", cancellation, path);
        return [.. ChunkHeading().Split(output).Skip(1).Select(static chunk => ValidCopy().Count(chunk))];
    }

    /// <summary>Runs one of the tools on the mount's host.</summary>
    public Task<string> ToolAsync(string name, CancellationToken cancellation, params string[] arguments)
    {
        var mount = deployment.Mounts[0];
        return Command.RunAsync(mount.Host.CommandLine(mount.Release.Tool(name, arguments)), cancellation);
    }

    /// <summary>Places of the chunkservers whose disks have a chunk, 0 = the first.</summary>
    public int[] Holders(ulong chunk) => [.. Enumerable.Range(0, deployment.ChunkServers.Count).Where(i => On(i).Contains(chunk))];

    /// <summary>All chunks on a chunkserver's disk.</summary>
    public HashSet<ulong> On(int server) => [.. Files(server).Select(static f => Parse(FileName().Match(f).Groups[1].Value))];

    /// <summary>The files of all chunks on a chunkserver's disk.</summary>
    public string[] Files(int server)
    {
        try
        {
            return [.. Directory.EnumerateFiles(deployment.ChunkServers[server].Disk, "chunk_*", SearchOption.AllDirectories).Where(static f => FileName().IsMatch(f))];
        }
        catch (DirectoryNotFoundException)
        {
            // A chunkserver makes and removes folders while one looks.
            return [];
        }
    }

    private static ulong Parse(string hex) => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9A-F]{16})_[0-9A-F]{8}")]
    private static partial Regex ChunkId();

    [GeneratedRegex("chunk \\d+:")]
    private static partial Regex ChunkHeading();

    [GeneratedRegex("copy \\d+: .*status:VALID")]
    private static partial Regex ValidCopy();

    [GeneratedRegex("chunk_([0-9A-F]{16})_[0-9A-F]{8}\\.mfs$")]
    private static partial Regex FileName();
}

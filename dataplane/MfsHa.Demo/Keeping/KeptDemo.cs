using MfsHa.Demo.Cluster;
using MfsHa.Playground;
using MfsHa.Playground.Networking;

namespace MfsHa.Demo.Keeping;

/// <summary>A demo that stays when its process ends.</summary>
public static class KeptDemo
{
    private const string Script = "on";

    /// <summary>Lets it stay, and returns the lines that say how to use it.</summary>
    public static IReadOnlyList<string> Keep(DemoCluster cluster, string program)
    {
        var folder = cluster.Sandbox.Folder;
        var on = Path.Combine(folder, Script);
        var hosts = string.Join(' ', cluster.Sandbox.Network.Hosts.Select(static host => host.Name));
        File.WriteAllText(on, $"""
            #!/bin/sh
            # on HOST COMMAND...: runs a command on a host of this demo: {hosts}
            host=$1
            shift
            exec nsenter --net="{NetworkNamespace.Folder}/{Path.GetFileName(folder)}-$host" -- "$@"

            """);
        File.SetUnixFileMode(on, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] lines =
        [
            $"Left running in {folder}:",
            $"  the mount      {cluster.Mount!.Path}",
            $"  the cluster    {on} mount {AdminProgram(program)} status --host {cluster.ClientNode.Host.Address}",
            $"  a command      {on} HOST COMMAND...   ({hosts})",
            $"  logs           {folder}/*.log",
            $"  kill a node    kill -9 {string.Join(" or ", cluster.Nodes.Select(static node => node.Process.Id))}",
            $"  end it         {program} demo --stop {folder}",
        ];
        cluster.Sandbox.Keep();
        return lines;
    }

    /// <summary>Ends a kept demo, or what a killed one left.</summary>
    /// <exception cref="CannotRunException">The folder is no such thing.</exception>
    public static async Task StopAsync(string directory, CancellationToken cancellation)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var name = SandboxName.TryParse(DemoProgram.Prefix, Path.GetFileName(folder));
        if (name is null || name.ToString() != Path.GetFileName(folder) || !Directory.Exists(folder))
        {
            throw new CannotRunException($"{folder} is not the folder of a demo");
        }
        if (!SandboxSweep.IsKept(folder) && !name.IsOrphan)
        {
            throw new CannotRunException($"the demo in {folder} is still running: Ctrl-C ends it");
        }
        await SandboxSweep.RemoveAsync(folder, cancellation).ConfigureAwait(false);
    }

    /// <summary>mfsha-admin where packages put it, beside mfsha, or where a build does.</summary>
    private static string AdminProgram(string program)
    {
        var folder = Path.GetDirectoryName(program)!;
        string[] candidates =
        [
            Path.Combine(folder, "mfsha-admin"),
            Path.GetFullPath(Path.Combine(folder.Replace("MfsHa.Node", "MfsHa.Admin", StringComparison.Ordinal), "mfsha-admin")),
        ];
        return candidates.FirstOrDefault(File.Exists) ?? "mfsha-admin";
    }
}

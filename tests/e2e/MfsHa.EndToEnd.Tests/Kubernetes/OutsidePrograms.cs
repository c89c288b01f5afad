using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>An unmodified chunkserver and an unmodified client on this machine, outside the cluster, both pointed to the service's address.</summary>
internal sealed class OutsidePrograms : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("mfsha-kubernetes-").FullName;
    private readonly List<ManagedProcess> _processes = [];
    private readonly List<string> _mounts = [];

    /// <summary>Where the file system is mounted.</summary>
    public string Mounted => Path.Combine(_folder, "mount");

    /// <summary>Starts both; returns when the tree is there.</summary>
    public async Task StartAsync(string master)
    {
        string data = Directory.CreateDirectory(Path.Combine(_folder, "chunkserver")).FullName;
        string disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        string disks = Path.Combine(_folder, "mfshdd.cfg");
        await File.WriteAllTextAsync(disks, $"{disk}\n", TestContext.Current.CancellationToken);
        string configuration = Path.Combine(_folder, "mfschunkserver.cfg");
        ConfigurationFile.Write(configuration, new Dictionary<string, string>
        {
            ["WORKING_USER"] = "root",
            ["WORKING_GROUP"] = "root",
            ["DATA_PATH"] = data,
            ["HDD_CONF_FILENAME"] = disks,
            ["HDD_LEAVE_SPACE_DEFAULT"] = "64MiB",
            ["HDD_TEST_SPEED"] = "0",
            ["MASTER_HOST"] = master,

            // Other tests have theirs on this machine, too.
            ["CSSERV_LISTEN_PORT"] = FreePort(),
            ["MASTER_RECONNECTION_DELAY"] = "1",
            ["NICE_LEVEL"] = "0",
            ["DISABLE_OOM_KILLER"] = "0",
        });
        Start("mfschunkserver", [MooseFsRelease.V4.ChunkServer, "-f", "-c", configuration, "start"]);
        await MountAsync(master, Mounted);
    }

    /// <summary>Mounts the tree of another cluster, or once more with nothing in caches; where.</summary>
    public async Task<string> MountAnotherAsync(string master)
    {
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"another-{_mounts.Count}"));
        _mounts.Add(path);
        await MountAsync(master, path);
        return path;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (string path in (string[])[.. _mounts, Mounted])
        {
            MountTable.Abandon(path);
        }

        foreach (ManagedProcess process in _processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    // mfsmount looks once, and ends when no node is ready or does not answer within a second or so: on a busy machine it is started again, as a kubelet would.
    private async Task MountAsync(string master, string path)
    {
        _ = Directory.CreateDirectory(path);
        string name = "mfsmount-" + Path.GetFileName(path);
        ManagedProcess mount = Mount();
        await Deadline.WaitAsync($"the tree is mounted\n{mount.LogTail()}", _limit, () =>
        {
            if (mount.HasExited)
            {
                string said = mount.LogTail();
                Assert.True(said.Contains("ETIMEDOUT", StringComparison.Ordinal) || said.Contains("can't connect to mfsmaster", StringComparison.Ordinal), said);
                mount = Mount();
            }

            return MountTable.Contains(path);
        }, TestContext.Current.CancellationToken);

        ManagedProcess Mount() => Start(name, [MooseFsRelease.V4.Mount, "-f", "-o", $"mfsmaster={master},mfsnice=0,mfsallowoomkiller", path]);
    }

    private ManagedProcess Start(string name, string[] command)
    {
        ManagedProcess process = ManagedProcess.Start(name, Path.Combine(_folder, name + ".log"), command);
        _processes.Add(process);
        return process;
    }
}

using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MfsHa.Playground.Native;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.Networking;

/// <summary>A named network namespace (<c>ip netns</c>), as seen from this process.</summary>
public sealed class NetworkNamespace(string name)
{
    public const string Folder = "/run/netns";

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    public string Name { get; } = name;

    /// <summary>The file that <c>nsenter --net=</c> takes.</summary>
    public string Path => $"{Folder}/{Name}";

    /// <summary>The names of all named namespaces of this machine.</summary>
    public static IReadOnlyList<string> All()
        => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(static file => System.IO.Path.GetFileName(file))] : [];

    /// <summary>
    /// Runs <paramref name="body"/> on a thread of its own inside the namespace. A socket made there stays in the namespace
    /// for ever, so it may be used from any thread afterwards.
    /// </summary>
    public Task<T> RunAsync<T>(Func<T> body)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result.SetResult(body());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        })
        { IsBackground = true, Name = Name };
        thread.Start();
        return result.Task;
    }

    /// <summary>An unconnected TCP socket inside the namespace.</summary>
    public Task<Socket> CreateSocketAsync()
        => RunAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    /// <summary>Kills the processes that are left inside, and deletes the namespace with its interfaces.</summary>
    public async Task DeleteAsync(CancellationToken cancellation = default)
    {
        await Deadline.WaitAsync($"no process is left in {Name}", KillLimit, async token => !await KillAllAsync(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        // Two sweeps may meet here: that it is gone already is no failure.
        await Command.TryRunAsync(["ip", "netns", "del", Name], "", cancellation).ConfigureAwait(false);
    }

    private async Task<bool> KillAllAsync(CancellationToken cancellation)
    {
        var listing = await Command.TryRunAsync(["ip", "netns", "pids", Name], "", cancellation).ConfigureAwait(false);
        var processes = listing.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var process in processes)
        {
            // It may have ended meanwhile, which is what is wanted.
            _ = NativeMethods.Kill(int.Parse(process, CultureInfo.InvariantCulture), (int)Signal.Kill);
        }
        return processes.Length > 0;
    }

    private void Enter()
    {
        using var handle = File.OpenHandle(Path);
        if (NativeMethods.SetNamespace(handle.DangerousGetHandle().ToInt32(), NativeMethods.CloneNewNet) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"setns {Path}");
        }
    }
}

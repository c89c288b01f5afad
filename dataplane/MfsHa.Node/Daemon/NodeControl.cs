using System.Runtime.InteropServices;
using MfsHa.Node.Posix;

namespace MfsHa.Node.Daemon;

/// <summary>The actions on a node that runs already (`mfscommon/main.c: wdlock`): the lock file tells which process it is, signals tell it what to do.</summary>
internal sealed class NodeControl(string dataPath, TextWriter messages, TimeProvider time)
{
    private const int Hangup = 1;
    private const int UserSignal1 = 10;
    private const int Terminate = 15;
    private const int NoSuchProcess = 3;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _dots = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _infoLimit = TimeSpan.FromSeconds(5);

    /// <summary>Says whether a node runs.</summary>
    public async Task<int> TestAsync(CancellationToken cancellation)
    {
        int? owner = await FindOwnerAsync(cancellation).ConfigureAwait(false);
        await messages.WriteLineAsync(owner is null ? "mfsha is not running" : $"mfsha pid: {owner}").ConfigureAwait(false);
        return owner is null ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Stops the node and waits until it is gone.</summary>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<int> StopAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (await FindOwnerAsync(cancellation).ConfigureAwait(false) is not { } owner)
        {
            await messages.WriteLineAsync("no node is running that could be stopped").ConfigureAwait(false);
            return ExitCode.Done;
        }

        await messages.WriteAsync($"stopping process {owner} ").ConfigureAwait(false);
        Send(owner, Terminate);
        long start = time.GetTimestamp();
        long dot = start;
        while (LockFile.FindOwner(dataPath) == owner)
        {
            if (time.GetElapsedTime(start) >= limit)
            {
                await messages.WriteLineAsync(" it still runs: giving up").ConfigureAwait(false);
                return ExitCode.Failed;
            }

            if (time.GetElapsedTime(dot) >= _dots)
            {
                await messages.WriteAsync(".").ConfigureAwait(false);
                dot = time.GetTimestamp();
            }

            await Task.Delay(_pause, time, cancellation).ConfigureAwait(false);
        }

        await messages.WriteLineAsync(" stopped").ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>Has the node read its configuration and exports again. What comes of it is in its log.</summary>
    public async Task<int> ReloadAsync(CancellationToken cancellation)
    {
        if (await FindOwnerAsync(cancellation).ConfigureAwait(false) is not { } owner)
        {
            await messages.WriteLineAsync("no node is running that could reload").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        Send(owner, Hangup);
        await messages.WriteLineAsync($"process {owner} was told to reload; its log says the outcome").ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>Prints the node's state.</summary>
    public async Task<int> DescribeAsync(TextWriter output, CancellationToken cancellation)
    {
        if (await FindOwnerAsync(cancellation).ConfigureAwait(false) is not { } owner)
        {
            await messages.WriteLineAsync("no node is running that could tell its state").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        string path = Path.Combine(dataPath, NodeProcess.InfoFileName);
        File.Delete(path);
        Send(owner, UserSignal1);
        long start = time.GetTimestamp();
        while (!File.Exists(path))
        {
            if (time.GetElapsedTime(start) >= _infoLimit)
            {
                await messages.WriteLineAsync($"process {owner} did not write {path} within {_infoLimit.TotalSeconds} s").ConfigureAwait(false);
                return ExitCode.Failed;
            }

            await Task.Delay(_pause, time, cancellation).ConfigureAwait(false);
        }

        await output.WriteAsync(await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return ExitCode.Done;
    }

    // A process that has just taken the lock may not have written its id yet.
    private async Task<int?> FindOwnerAsync(CancellationToken cancellation)
    {
        const int attempts = 20;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            int? owner = LockFile.FindOwner(dataPath);
            if (owner != 0)
            {
                return owner;
            }

            await Task.Delay(_pause, time, cancellation).ConfigureAwait(false);
        }

        throw new IOException($"{Path.Combine(dataPath, LockFile.Name)} is locked, but does not say by which process");
    }

    private static void Send(int process, int signal)
    {
        if (NativeMethods.Kill(process, signal) < 0 && Marshal.GetLastPInvokeError() is int error && error != NoSuchProcess)
        {
            throw new PosixException($"cannot send a signal to process {process}", error);
        }
    }
}

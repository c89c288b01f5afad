using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MfsHa.Playground.Native;
using MfsHa.Playground.Networking;

namespace MfsHa.Playground.Processes;

/// <summary>A server program on a <see cref="Host"/>: its output goes to a file, it is stopped by its process id.</summary>
public sealed class ManagedProcess : IAsyncDisposable
{
    private const int LogTailLines = 25;

    /// <summary>How long a program may take to end after SIGTERM before it gets SIGKILL.</summary>
    private static readonly TimeSpan TerminateLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly Process process;
    private bool suspended;
    private bool disposed;

    private ManagedProcess(Process process, string name, string logFile)
    {
        this.process = process;
        Name = name;
        LogFile = logFile;
    }

    public string Name { get; }

    public string LogFile { get; }

    public int Id => process.Id;

    public bool HasExited => disposed || process.HasExited;

    /// <summary>Starts <paramref name="command"/>; standard output and error are appended to <paramref name="logFile"/>.</summary>
    public static ManagedProcess Start(
        Host host, string name, string logFile, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? variables = null)
        => Start(name, logFile, host.CommandLine(command), variables);

    /// <summary>As the other one, in this process's own network.</summary>
    public static ManagedProcess Start(string name, string logFile, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? variables = null)
    {
        // sh, setsid and nsenter replace themselves, so the process id is the program's own. A session of its own: Ctrl-C at a terminal is for us.
        string[] line = ["-c", "umask 022; exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", logFile, .. command];
        var start = new ProcessStartInfo("/bin/sh", line);
        foreach (var (key, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }
        var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {name}");
        return new ManagedProcess(process, name, logFile);
    }

    /// <exception cref="InvalidOperationException">The process has ended; the message has the end of its log.</exception>
    public void ThrowIfExited()
    {
        if (HasExited)
        {
            throw new InvalidOperationException($"{Name} ended with exit code {process.ExitCode}:\n{LogTail()}");
        }
    }

    /// <summary>The last lines of what the program wrote.</summary>
    public string LogTail()
        => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(LogTailLines)) : "(no log)";

    /// <summary>Sends a signal; does nothing if the process has ended.</summary>
    public void Send(Signal signal)
    {
        suspended = signal switch { Signal.Stop => true, Signal.Continue => false, _ => suspended };
        if (!HasExited && NativeMethods.Kill(Id, (int)signal) != 0 && !HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill {Id} ({Name})");
        }
    }

    /// <summary>Ends the process as a crash would (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        suspended = false;
        await WaitForExitAsync(KillLimit).ConfigureAwait(false);
    }

    /// <summary>Asks the process to end (SIGTERM) and waits; it is killed if it does not obey.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan? limit = null)
    {
        if (suspended)
        {
            Send(Signal.Continue);
        }
        Send(Signal.Terminate);
        try
        {
            await WaitForExitAsync(limit ?? TerminateLimit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            await KillAsync().ConfigureAwait(false);
            return false;
        }
    }

    public async Task WaitForExitAsync(TimeSpan limit)
        => await process.WaitForExitAsync().WaitAsync(limit).ConfigureAwait(false);

    /// <summary>Kills it: whatever it would still write is thrown away with its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            await KillAsync().ConfigureAwait(false);
            disposed = true;
            process.Dispose();
        }
    }
}

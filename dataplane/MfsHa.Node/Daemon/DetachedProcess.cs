using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MfsHa.Node.Posix;
using Microsoft.Win32.SafeHandles;

namespace MfsHa.Node.Daemon;

/// <summary>
/// Starts this program again, with the same arguments, in a session of its own and without a terminal. .NET cannot fork: the runtime's threads
/// would not be there in the child.
/// </summary>
internal static class DetachedProcess
{
    private const int CloseOnExec = 0x80000;
    private const int ReadOnly = 0;
    private const short SetSession = 0x80;
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const int Interrupted = 4;

    private const int SetDescriptorFlags = 2;
    private const int CloseOnExecFlag = 1;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int PipeInChild = 3;

    // More than struct posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t take in glibc and musl.
    private const int StructureSize = 1024;

    private static readonly int[] _handledSignals = [1, 2, 3, 10, 12, 13, 15];

    /// <summary>Starts the daemon and waits until it is ready or has failed.</summary>
    /// <param name="messages">Where its messages go.</param>
    /// <param name="cancellation">Ends the waiting, not the daemon.</param>
    /// <returns>True when it is ready.</returns>
    public static async Task<bool> StartAsync(TextWriter messages, CancellationToken cancellation)
    {
        (SafeFileHandle read, SafeFileHandle write) = CreatePipe();
        int child;
        using (write)
        {
            KeepFromChild();
            child = Spawn(write);
        }

        using var reader = new StreamReader(new FileStream(read, FileAccess.Read), Encoding.UTF8);

        // Not to the end: parts of the runtime keep copies of standard output and error for good.
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(PipeReport.ReadyMark))
            {
                return true;
            }

            await messages.WriteLineAsync(line.AsMemory(), cancellation).ConfigureAwait(false);
        }

        await messages.WriteLineAsync(DescribeEnd(child)).ConfigureAwait(false);
        return false;
    }

    private static unsafe (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        int* descriptors = stackalloc int[2];
        PosixException.ThrowIfFailed(NativeMethods.Pipe(descriptors, CloseOnExec), "cannot make a pipe");
        return (new SafeFileHandle(descriptors[0], ownsHandle: true), new SafeFileHandle(descriptors[1], ownsHandle: true));
    }

    // What this process inherited itself (a shell's or a supervisor's pipes) must not stay open as long as the daemon runs.
    private static void KeepFromChild()
    {
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            int descriptor = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            if (descriptor > StandardError)
            {
                // Fails for the descriptor of the listing itself, which is closed by now.
                _ = NativeMethods.ControlDescriptor(descriptor, SetDescriptorFlags, CloseOnExecFlag);
            }
        }
    }

    private static unsafe int Spawn(SafeFileHandle pipe)
    {
        void* actions = NativeMemory.AllocZeroed(StructureSize);
        void* attributes = NativeMemory.AllocZeroed(StructureSize);
        void* signals = NativeMemory.AllocZeroed(StructureSize);
        using var arguments = new NativeStrings(ProcessImage.Arguments());
        using var environment = new NativeStrings([.. ProcessImage.Variables(), Encoding.ASCII.GetBytes($"{PipeReport.Variable}={PipeInChild}")]);
        try
        {
            Check(NativeMethods.InitialiseActions(actions));
            Check(NativeMethods.AddOpen(actions, 0, "/dev/null", ReadOnly, 0));
            foreach (int descriptor in (ReadOnlySpan<int>)[StandardOutput, StandardError, PipeInChild])
            {
                Check(NativeMethods.AddDuplicate(actions, (int)pipe.DangerousGetHandle(), descriptor));
            }

            Check(NativeMethods.InitialiseAttributes(attributes));
            Check(NativeMethods.SetFlags(attributes, SetSession | SetDefaultSignals | SetSignalMask));
            Check(NativeMethods.ClearSignals(signals));
            Check(NativeMethods.SetSignalMask(attributes, signals));
            foreach (int signal in _handledSignals)
            {
                Check(NativeMethods.AddSignal(signals, signal));
            }

            Check(NativeMethods.SetDefaultSignals(attributes, signals));
            int process;
            Check(NativeMethods.Spawn(&process, Environment.ProcessPath!, actions, attributes, arguments.Pointer, environment.Pointer));
            return process;
        }
        finally
        {
            _ = NativeMethods.DestroyActions(actions);
            _ = NativeMethods.DestroyAttributes(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(signals);
        }
    }

    private static unsafe string DescribeEnd(int child)
    {
        int status;
        int result;
        do
        {
            result = NativeMethods.WaitForChild(child, &status, 0);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        const int signalBits = 0x7f;
        return (status & signalBits) == 0 ? $"the node did not start (exit code {(status >> 8) & 0xff})" : $"the node was ended by signal {status & signalBits}";
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new PosixException("cannot start the daemon", error);
        }
    }
}

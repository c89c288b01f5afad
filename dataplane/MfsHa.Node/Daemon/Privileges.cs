using System.Globalization;
using System.Runtime.InteropServices;
using MfsHa.Node.Configuration;
using MfsHa.Node.Posix;

namespace MfsHa.Node.Daemon;

/// <summary>
/// What a process that root started does before it becomes the working user: priorities and limits that only root may set, and ownership of the
/// node's directories.
/// </summary>
internal static class Privileges
{
    private const int PriorityOfProcess = 0;
    private const int MemoryLockLimit = 8;

    // MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT: without the last one the address space that the garbage collector only reserves would be filled.
    private const int LockEverything = 1 | 2 | 4;

    private const int GroupAndOthers = 0b111_111;

    /// <summary>Does all of it. Messages are for what is wanted and not possible, but not worth to fail for.</summary>
    /// <exception cref="ConfigurationException">The user is not known, or a directory is somebody else's.</exception>
    /// <exception cref="PosixException">The system refuses.</exception>
    public static void Apply(NodeConfiguration configuration, IStartReport report)
    {
        ProcessConfiguration process = configuration.Process;
        if (process.NiceLevel != 0)
        {
            SetNiceLevel(process.NiceLevel, report);
        }

        if (process.LockMemory)
        {
            RaiseMemoryLockLimit(report);
        }

        WorkingUser? user = NativeMethods.GetEffectiveUser() == 0 ? WorkingUser.Find(process, UserDatabase.Instance) : null;
        string[] directories = configuration.Log.Directory is { } log ? [configuration.DataPath, log] : [configuration.DataPath];

        // What is above a node's directory is not its own: the working user must get through.
        Make("DATA_PATH", Path.GetDirectoryName(configuration.DataPath) ?? configuration.DataPath);
        _ = NativeMethods.SetFileMask((uint)(process.FileMask & GroupAndOthers));
        foreach (string directory in directories)
        {
            Make(directory == configuration.DataPath ? "DATA_PATH" : "MFSHA_LOG_DIRECTORY", directory);
            if (user is { IsRoot: false })
            {
                DirectoryOwner.Give(directory, user);
            }
        }

        user?.Become();

        // So that the directory in which the node was started can be unmounted.
        Environment.CurrentDirectory = configuration.DataPath;
        if (process.LockMemory && NativeMethods.LockAllMemory(LockEverything) < 0)
        {
            report.Message(new PosixException("cannot lock memory (LOCK_MEMORY)", Marshal.GetLastPInvokeError()).Message);
        }
    }

    private static void Make(string key, string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string found = File.Exists(directory) ? "a file" : e.Message;
            throw new ConfigurationException([new ConfigurationError(ConfigurationOrigin.InFile(directory, 0), key, "a directory, or a place where one can be made", found)]);
        }
    }

    // On Linux a priority belongs to a thread; threads that come later inherit it.
    private static void SetNiceLevel(int level, IStartReport report)
    {
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            uint id = uint.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            if (NativeMethods.SetPriority(PriorityOfProcess, id, level) < 0)
            {
                report.Message(new PosixException($"cannot set NICE_LEVEL {level}", Marshal.GetLastPInvokeError()).Message);
                return;
            }
        }
    }

    private static unsafe void RaiseMemoryLockLimit(IStartReport report)
    {
        var limit = new ResourceLimit { Soft = ResourceLimit.Unlimited, Hard = ResourceLimit.Unlimited };
        if (NativeMethods.SetLimit(MemoryLockLimit, &limit) < 0)
        {
            report.Message(new PosixException("cannot raise the limit of locked memory (LOCK_MEMORY)", Marshal.GetLastPInvokeError()).Message);
        }
    }
}

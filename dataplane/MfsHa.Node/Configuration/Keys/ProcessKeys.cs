using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>How the process runs; names are mfsmaster's.</summary>
public static class ProcessKeys
{
    /// <summary><c>WORKING_USER</c>.</summary>
    public static readonly ConfigurationKey<string> WorkingUser = Key(
        "WORKING_USER", TextFormats.Text, "mfs", ReloadClass.Restart,
        "User to run as when started by root: a name, or # and a number. The data and log directories are given to that user. Without effect when not started by root; root means to stay root.");

    /// <summary><c>WORKING_GROUP</c>.</summary>
    public static readonly ConfigurationKey<string> WorkingGroup = Key(
        "WORKING_GROUP", TextFormats.Text, "", ReloadClass.Restart,
        "Group to run as when started by root: a name, or # and a number. Empty: the user's own group.");

    /// <summary><c>FILE_UMASK</c>.</summary>
    public static readonly ConfigurationKey<int> FileMask = Key(
        "FILE_UMASK", NumberFormats.FileMask, "027", ReloadClass.Restart, "Permission bits of group and others that new files do not get.");

    /// <summary><c>NICE_LEVEL</c>.</summary>
    public static readonly ConfigurationKey<int> NiceLevel = Key(
        "NICE_LEVEL", NumberFormats.Integer(-20, 19), "0", ReloadClass.Restart,
        "Scheduling priority; below 0 needs root, and when it cannot be set the node says so and keeps what it has. mfsmaster's default is -19.");

    /// <summary><c>LOCK_MEMORY</c>.</summary>
    public static readonly ConfigurationKey<bool> LockMemory = Key(
        "LOCK_MEMORY", TextFormats.Flag, "0", ReloadClass.Restart, "1: keep the process's memory from being swapped out (mlockall); needs root.");

    /// <summary><c>SYSLOG_IDENT</c>.</summary>
    public static readonly ConfigurationKey<string> Identity = Key(
        "SYSLOG_IDENT", TextFormats.Text, "mfsha", ReloadClass.Restart, "Name of the process in its log lines.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Process", [WorkingUser, WorkingGroup, FileMask, NiceLevel, LockMemory, Identity]);
}

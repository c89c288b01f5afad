using System.Runtime.InteropServices;

namespace MfsHa.Testbed.Native;

/// <summary>
/// File operations exactly as a C program does them: no second system call, no retry, no interpretation. A failure is a
/// <see cref="PosixException"/>. Symbolic links at the end of a path are followed only where POSIX gives no choice.
/// </summary>
public static unsafe partial class Posix
{
    private const int LinkTargetLimit = 4096;
    private const int DirectoryEntryNameOffset = 19;

    // umask is one per process; tests state every mode bit by bit.
    static Posix() => _ = Libc.SetCreationMask(0);

    /// <summary>
    /// Runs <paramref name="body"/> under a creation mask. The mask belongs to the process unless the thread is one of an
    /// <see cref="Identity"/>: nothing else may create files meanwhile.
    /// </summary>
    public static void WithCreationMask(uint mask, Action body)
    {
        _ = Libc.SetCreationMask(mask);
        try
        {
            body();
        }
        finally
        {
            _ = Libc.SetCreationMask(0);
        }
    }

    public static FileStatus Stat(string path)
    {
        Libc.StatxBuffer buffer;
        Check(
            Libc.Stat(Libc.AtCurrentDirectory, path, Libc.AtSymlinkNoFollow | Libc.AtForceSync, Libc.StatxBasicStats, &buffer),
            "stat", path);
        return Status(buffer);
    }

    internal static FileStatus Status(in Libc.StatxBuffer buffer) => new(
        (FileKind)(buffer.Mode & 0xF000), buffer.Mode & 0xFFFu, buffer.User, buffer.Group, buffer.Links, buffer.Inode,
        (long)buffer.Size, buffer.AccessTime, buffer.ModificationTime, buffer.ChangeTime,
        (buffer.RawDeviceMajor, buffer.RawDeviceMinor), (buffer.DeviceMajor, buffer.DeviceMinor));

    public static bool Exists(string path)
    {
        try
        {
            Stat(path);
            return true;
        }
        catch (PosixException e) when (e.Error is Errno.NoEntry)
        {
            return false;
        }
    }

    public static FileSystemStatus StatFileSystem(string path)
    {
        Libc.StatVfsBuffer buffer;
        Check(Libc.StatFileSystem(path, &buffer), "statvfs", path);
        return new FileSystemStatus(buffer.Blocks * buffer.FragmentSize, buffer.AvailableBlocks * buffer.FragmentSize, buffer.Files);
    }

    /// <summary>access(2) with the file-system user and group of the thread; <paramref name="mode"/> is R 4, W 2, X 1.</summary>
    public static void Access(string path, int mode)
    {
        const int effectiveIds = 0x200;
        Check(Libc.Access(Libc.AtCurrentDirectory, path, mode, effectiveIds), "access", path);
    }

    public static void MakeDirectory(string path, uint mode = 0x1FF) => Check(Libc.MakeDirectory(path, mode), "mkdir", path);

    public static void RemoveDirectory(string path) => Check(Libc.RemoveDirectory(path), "rmdir", path);

    public static void Unlink(string path) => Check(Libc.Unlink(path), "unlink", path);

    public static void Rename(string from, string to, RenameMode mode = RenameMode.Replace)
        => Check(Libc.Rename(Libc.AtCurrentDirectory, from, Libc.AtCurrentDirectory, to, (uint)mode), "rename", $"{from} -> {to}");

    public static void Link(string existing, string path) => Check(Libc.Link(existing, path), "link", $"{existing} -> {path}");

    public static void Symlink(string target, string path) => Check(Libc.Symlink(target, path), "symlink", path);

    public static string ReadLink(string path)
    {
        var buffer = stackalloc byte[LinkTargetLimit];
        var length = Check(Libc.ReadLink(path, buffer, LinkTargetLimit), "readlink", path);
        return ByteText.FromBytes(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    public static void MakeNode(string path, FileKind kind, uint mode, (uint Major, uint Minor) device = default)
    {
        // The encoding of makedev(3) for numbers that fit 12 and 8 bits.
        var number = ((ulong)device.Major << 8) | device.Minor;
        Check(Libc.MakeNode(path, (uint)kind | mode, number), "mknod", path);
    }

    public static void ChangeMode(string path, uint mode) => Check(Libc.ChangeMode(path, mode), "chmod", path);

    /// <summary>lchown(2); null leaves that one alone.</summary>
    public static void ChangeOwner(string path, uint? user, uint? group)
        => Check(Libc.ChangeOwner(path, user ?? uint.MaxValue, group ?? uint.MaxValue), "chown", path);

    /// <summary>utimensat(2) on the path itself; seconds since 1970, null means now.</summary>
    public static void SetTimes(string path, long? accessTime, long? modificationTime)
    {
        const long now = (1L << 30) - 1;
        var times = stackalloc Libc.TimeSpec[2];
        times[0] = accessTime is { } a ? new Libc.TimeSpec { Seconds = a } : new Libc.TimeSpec { Nanoseconds = now };
        times[1] = modificationTime is { } m ? new Libc.TimeSpec { Seconds = m } : new Libc.TimeSpec { Nanoseconds = now };
        Check(Libc.SetTimes(Libc.AtCurrentDirectory, path, times, Libc.AtSymlinkNoFollow), "utimens", path);
    }

    public static void Truncate(string path, long length) => Check(Libc.Truncate(path, length), "truncate", path);

    /// <summary>Names in a directory in the order in which the file system gives them, without "." and "..".</summary>
    public static List<string> ReadDirectory(string path)
    {
        var stream = Libc.OpenDirectory(path);
        Check(stream == 0 ? -1 : 0, "opendir", path);
        try
        {
            var names = new List<string>();
            while (true)
            {
                Marshal.SetLastSystemError(0);
                var entry = Libc.ReadDirectory(stream);
                if (entry is null)
                {
                    Check(Marshal.GetLastPInvokeError() == 0 ? 0 : -1, "readdir", path);
                    return names;
                }
                var name = ByteText.FromBytes(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + DirectoryEntryNameOffset));
                if (name is not ("." or ".."))
                {
                    names.Add(name);
                }
            }
        }
        finally
        {
            Check(Libc.CloseDirectory(stream), "closedir", path);
        }
    }

    internal static nint Check(nint result, string call, string subject)
        => result >= 0 ? result : throw new PosixException((Errno)Marshal.GetLastPInvokeError(), call, subject);
}

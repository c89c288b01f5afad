using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MfsHa.Storage;

/// <summary>Makes the names in a directory durable: a file that was created, renamed or deleted is so after a power loss, too.</summary>
public static partial class DirectorySync
{
    /// <summary>fsync of a directory. <see cref="IOException"/> when it fails.</summary>
    public static void Sync(string directory)
    {
        const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
        using var handle = Native.Open(directory, ReadOnlyDirectory);
        if (handle.IsInvalid || Native.Fsync(handle) != 0)
        {
            throw new IOException($"{directory}: cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial SafeFileHandle Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Fsync(SafeFileHandle handle);
    }
}

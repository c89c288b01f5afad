using System.Runtime.InteropServices;

namespace MfsHa.Playground.Native;

/// <summary>Calls of the C library as they are: -1 on failure, errno in the last P/Invoke error.</summary>
internal static partial class NativeMethods
{
    public const int CloneNewNet = 0x40000000;
    public const int UnmountDetach = 2;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string path, int flags);
}

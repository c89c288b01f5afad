using System.Runtime.InteropServices;

namespace MfsHa.Node.Posix;

/// <summary>What .NET has no call for. Linux, glibc or musl. Functions that return -1 leave errno in the last P/Invoke error.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "getpwnam_r")]
    public static partial int GetUserByName(byte* name, NativeUser* user, byte* buffer, nuint length, NativeUser** result);

    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    public static partial int GetUserById(uint uid, NativeUser* user, byte* buffer, nuint length, NativeUser** result);

    [LibraryImport(Library, EntryPoint = "getgrnam_r")]
    public static partial int GetGroupByName(byte* name, NativeGroup* group, byte* buffer, nuint length, NativeGroup** result);
}

using System.Runtime.InteropServices;

namespace MfsHa.Demo.Load;

/// <summary>mkdir and rename as one system call each: .NET's own look around first and take "exists already" for success.</summary>
internal static partial class Names
{
    private const uint Mode = 0x1ED; // 0755

    /// <exception cref="IOException">It was refused.</exception>
    public static void MakeDirectory(string path) => Check(MakeDirectory(path, Mode), "mkdir", path);

    /// <exception cref="IOException">It was refused.</exception>
    public static void Rename(string from, string to) => Check(RenameFile(from, to), "rename", from);

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw new IOException($"{call} {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);
}

using System.Runtime.InteropServices;

namespace MfsHa.Node.Posix;

/// <summary>struct passwd of Linux (glibc and musl).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeUser
{
    public nint Name;
    public nint Password;
    public uint Uid;
    public uint Gid;
    public nint Comment;
    public nint Home;
    public nint Shell;
}

/// <summary>struct group of Linux (glibc and musl).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeGroup
{
    public nint Name;
    public nint Password;
    public uint Gid;
    public nint Members;
}

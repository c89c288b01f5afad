using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MfsHa.Node.Posix;

/// <summary>A call of the operating system failed.</summary>
public sealed class PosixException : IOException
{
    /// <param name="what">What was attempted: "cannot change the owner of /data".</param>
    /// <param name="error">errno.</param>
    public PosixException(string what, int error)
        : base($"{what}: {new Win32Exception(error).Message}") => Error = error;

    /// <summary>errno.</summary>
    public int Error { get; }

    /// <summary>Throws when a call returned -1.</summary>
    internal static void ThrowIfFailed(int result, string what)
    {
        if (result < 0)
        {
            throw new PosixException(what, Marshal.GetLastPInvokeError());
        }
    }
}

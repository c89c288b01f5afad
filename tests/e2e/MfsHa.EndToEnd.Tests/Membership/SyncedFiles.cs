using System.Text;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Small files whose content is their path, on the chunkservers when the call returns.</summary>
internal static class SyncedFiles
{
    public static void Write(string path)
    {
        using var file = new PosixFile(path, OpenFlags.Create | OpenFlags.Write);
        file.Write(Encoding.ASCII.GetBytes(path), 0);
        file.Sync();
    }

    /// <summary>False when it was refused.</summary>
    public static bool TryWrite(string path)
    {
        try
        {
            Write(path);
            return true;
        }
        catch (PosixException)
        {
            return false;
        }
    }
}

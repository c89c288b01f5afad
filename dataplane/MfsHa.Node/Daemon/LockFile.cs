using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MfsHa.Node.Posix;
using Microsoft.Win32.SafeHandles;

namespace MfsHa.Node.Daemon;

/// <summary>
/// <c>.mfsha.lock</c> in the data directory: held (flock) as long as a node uses the directory, and gone with the process however that ends.
/// It holds the process id, as mfsmaster's lock file does.
/// </summary>
public sealed class LockFile : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string Name = ".mfsha.lock";

    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int WouldBlock = 11;
    private const int NotThere = 2;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const uint Mode = 0b110_110_110;
    private const int MaxContent = 32;

    // Whoever asks for the owner holds the lock for a moment; a start must not fail by that.
    private const int Attempts = 10;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly SafeFileHandle _file;

    private LockFile(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock for this process; null when another process has it.</summary>
    /// <exception cref="PosixException">The file cannot be opened.</exception>
    public static async Task<LockFile?> TryAcquireAsync(string dataPath, CancellationToken cancellation)
    {
        SafeFileHandle file = Open(Path.Combine(dataPath, Name), ReadWrite | Create)!;
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                if (TryLock(file, Exclusive))
                {
                    RandomAccess.SetLength(file, 0);
                    RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
                    var held = new LockFile(file);
                    file = null!;
                    return held;
                }

                await Task.Delay(_pause, cancellation).ConfigureAwait(false);
            }

            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>The process that holds the lock; null when none does. 0 when one does that has not yet written its id.</summary>
    /// <exception cref="PosixException">The file cannot be opened.</exception>
    public static int? FindOwner(string dataPath)
    {
        using SafeFileHandle? file = Open(Path.Combine(dataPath, Name), ReadOnly);
        if (file is null || TryLock(file, Shared))
        {
            return null;
        }

        byte[] content = new byte[MaxContent];
        int length = RandomAccess.Read(file, content, 0);
        return int.TryParse(Encoding.ASCII.GetString(content, 0, length), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int process) ? process : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Not through .NET, which takes a lock of its own on every file that it opens. Null when there is no such file.
    private static SafeFileHandle? Open(string path, int flags)
    {
        int descriptor = NativeMethods.Open(path, flags | CloseOnExec, Mode);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        int error = Marshal.GetLastPInvokeError();
        return error == NotThere && (flags & Create) == 0 ? null : throw new PosixException($"cannot open {path}", error);
    }

    private static bool TryLock(SafeFileHandle file, int mode)
    {
        if (NativeMethods.Lock(file, mode | NonBlocking) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == WouldBlock ? false : throw new PosixException("cannot lock " + Name, error);
    }
}

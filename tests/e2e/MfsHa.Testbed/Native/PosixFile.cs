namespace MfsHa.Testbed.Native;

/// <summary>An open file descriptor.</summary>
public sealed unsafe class PosixFile : IDisposable
{
    private readonly string path;
    private int descriptor;

    public PosixFile(string path, OpenFlags flags, uint mode = 0x1B6)
    {
        this.path = path;
        descriptor = (int)Posix.Check(Libc.Open(path, (int)(flags | OpenFlags.CloseOnExec), mode), "open", path);
    }

    /// <summary>Reads until the span is full or the file ends; returns the number of bytes.</summary>
    public int Read(Span<byte> target, long offset)
    {
        var total = 0;
        while (total < target.Length)
        {
            fixed (byte* bytes = target[total..])
            {
                var read = (int)Posix.Check(Libc.Read(descriptor, bytes, (nuint)(target.Length - total), offset + total), "read", path);
                if (read == 0)
                {
                    break;
                }
                total += read;
            }
        }
        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        while (!source.IsEmpty)
        {
            fixed (byte* bytes = source)
            {
                var written = (int)Posix.Check(Libc.Write(descriptor, bytes, (nuint)source.Length, offset), "write", path);
                source = source[written..];
                offset += written;
            }
        }
    }

    /// <summary>One write(2) at the descriptor's position, or at the end if opened for appending; must be taken whole.</summary>
    public void Append(ReadOnlySpan<byte> source)
    {
        fixed (byte* bytes = source)
        {
            var written = (int)Posix.Check(Libc.Append(descriptor, bytes, (nuint)source.Length), "write", path);
            if (written != source.Length)
            {
                throw new PosixException(Errno.Io, "write (short)", path);
            }
        }
    }

    public FileStatus Stat()
    {
        Libc.StatxBuffer buffer;
        Posix.Check(Libc.Stat(descriptor, "", Libc.AtEmptyPath | Libc.AtForceSync, Libc.StatxBasicStats, &buffer), "fstat", path);
        return Posix.Status(buffer);
    }

    public void ChangeMode(uint mode) => Posix.Check(Libc.ChangeMode(descriptor, mode), "fchmod", path);

    public void Truncate(long length) => Posix.Check(Libc.Truncate(descriptor, length), "ftruncate", path);

    public void Sync() => Posix.Check(Libc.Sync(descriptor), "fsync", path);

    /// <summary>flock(2) without waiting.</summary>
    /// <returns>False if another holder is in the way.</returns>
    public bool TryLock(bool exclusive) => TryFlock((exclusive ? 2 : 1) | 4);

    /// <summary>flock(2), waiting for the other holders.</summary>
    public void Lock(bool exclusive) => Posix.Check(Libc.FileLock(descriptor, exclusive ? 2 : 1), "flock", path);

    public void Unlock() => TryFlock(8);

    /// <summary>fcntl(2) F_SETLK: a POSIX lock on a range, without waiting; the holder is this process on this mount.</summary>
    /// <returns>False if another holder is in the way.</returns>
    public bool TryLockRange(bool exclusive, long start, long length) => TryRecordLock((short)(exclusive ? 1 : 0), start, length);

    /// <summary>fcntl(2) F_GETLK: the first lock in the way of one on this range, as text without its holder's process; null if there is none.</summary>
    public string? FindConflict(bool exclusive, long start, long length)
    {
        const int getLock = 5;
        const short unlocked = 2;
        var range = new Libc.RecordLockBuffer { Type = (short)(exclusive ? 1 : 0), Start = start, Length = length };
        Posix.Check(Libc.RecordLock(descriptor, getLock, &range), "fcntl", path);
        return range.Type is unlocked ? null : $"{(range.Type is 1 ? "exclusive" : "shared")} {range.Start}+{range.Length}";
    }

    public void UnlockRange(long start, long length) => TryRecordLock(2, start, length);

    /// <summary>Closes now, so that an error of the last flush is seen (<see cref="Dispose"/> reports it too).</summary>
    public void Close()
    {
        if (descriptor >= 0)
        {
            var closing = descriptor;
            descriptor = -1;
            Posix.Check(Libc.Close(closing), "close", path);
        }
    }

    public void Dispose() => Close();

    private bool TryFlock(int operation)
    {
        try
        {
            Posix.Check(Libc.FileLock(descriptor, operation), "flock", path);
            return true;
        }
        catch (PosixException e) when (e.Error is Errno.Again)
        {
            return false;
        }
    }

    private bool TryRecordLock(short type, long start, long length)
    {
        const int setLock = 6;
        var range = new Libc.RecordLockBuffer { Type = type, Start = start, Length = length };
        try
        {
            Posix.Check(Libc.RecordLock(descriptor, setLock, &range), "fcntl", path);
            return true;
        }
        catch (PosixException e) when (e.Error is Errno.Again or Errno.Access)
        {
            return false;
        }
    }
}

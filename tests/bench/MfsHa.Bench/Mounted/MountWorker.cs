using MfsHa.Testbed.Native;

namespace MfsHa.Bench.Mounted;

/// <summary>One thread's folder and the files in it. Each step is one operation; false when there is nothing left for it.</summary>
internal sealed class MountWorker
{
    private readonly string folder;
    private int created;
    private int renamed;
    private int removed;
    private int directories;
    private int looked;

    public MountWorker(string folder)
    {
        this.folder = folder;
        Posix.MakeDirectory(folder);
    }

    /// <summary>open with O_CREAT and close, which is what applications do.</summary>
    public bool Create()
    {
        using var file = new PosixFile($"{folder}/f{created++}", OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive);
        return true;
    }

    public bool Stat()
    {
        Posix.Stat($"{folder}/f{looked++ % created}");
        return true;
    }

    public bool Rename()
    {
        if (renamed == created)
        {
            return false;
        }
        Posix.Rename($"{folder}/f{renamed}", $"{folder}/g{renamed}");
        renamed++;
        return true;
    }

    public bool MakeDirectory()
    {
        Posix.MakeDirectory($"{folder}/d{directories++}");
        return true;
    }

    public bool Unlink()
    {
        if (removed == created)
        {
            return false;
        }
        Posix.Unlink($"{folder}/{(removed < renamed ? 'g' : 'f')}{removed}");
        removed++;
        return true;
    }
}

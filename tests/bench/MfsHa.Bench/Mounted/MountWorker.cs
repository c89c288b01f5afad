using MfsHa.Testbed.Native;

namespace MfsHa.Bench.Mounted;

/// <summary>One process's folder and the files in it. Each step is one operation; false when there is nothing left for it.</summary>
internal sealed class MountWorker
{
    private readonly string folder;
    private int created;
    private int renamed;
    private int removed;
    private int directories;
    private int looked;

    /// <summary>All steps, in an order in which each finds what it needs.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["create", "stat", "rename", "mkdir", "unlink"];

    public MountWorker(string folder)
    {
        this.folder = folder;
        Posix.MakeDirectory(folder);
    }

    /// <summary>One of <see cref="Steps"/>.</summary>
    public Func<bool> Find(string step) => step switch
    {
        "create" => Create,
        "stat" => Stat,
        "rename" => Rename,
        "mkdir" => MakeDirectory,
        "unlink" => Unlink,
        _ => throw new ArgumentException($"there is no step {step}", nameof(step)),
    };

    /// <summary>open with O_CREAT and close, which is what applications do.</summary>
    private bool Create()
    {
        using var file = new PosixFile($"{folder}/f{created++}", OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive);
        return true;
    }

    private bool Stat()
    {
        Posix.Stat($"{folder}/f{looked++ % created}");
        return true;
    }

    private bool Rename()
    {
        if (renamed == created)
        {
            return false;
        }
        Posix.Rename($"{folder}/f{renamed}", $"{folder}/g{renamed}");
        renamed++;
        return true;
    }

    private bool MakeDirectory()
    {
        Posix.MakeDirectory($"{folder}/d{directories++}");
        return true;
    }

    private bool Unlink()
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

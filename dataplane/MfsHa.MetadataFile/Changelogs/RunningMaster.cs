namespace MfsHa.MetadataFile.Changelogs;

/// <summary>The mfsmaster that a file belongs to, if it runs on this host.</summary>
internal static class RunningMaster
{
    // mfscommon/main.c: wdlock
    private const string LockFile = ".mfsmaster.lock";

    /// <summary><see cref="MetadataFileException"/> when an mfsmaster is at work in the directory: what it does from now on would be lost.</summary>
    public static void Refuse(string folder)
    {
        var path = Path.Combine(folder, LockFile);
        if (!File.Exists(path))
        {
            return;
        }

        using var file = TryOpen(path);
        if (file is not null && IsLocked(file))
        {
            using var reader = new StreamReader(file);
            throw new MetadataFileException($"an mfsmaster runs in {folder} (process {reader.ReadLine()?.Trim()}): stop it first");
        }
    }

    // A lock can only be tried by who may write: of a directory that is only there for reading nobody can tell.
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsLocked(FileStream file)
    {
        try
        {
#pragma warning disable CA1416 // not on macOS: this is Linux
            file.Lock(0, 1);
            file.Unlock(0, 1);
#pragma warning restore CA1416
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

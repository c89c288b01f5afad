namespace MfsHa.Storage;

/// <summary>Small files that are replaced as a whole: whatever is interrupted, there is the former content or the new one.</summary>
public static class DurableFile
{
    /// <summary>Writes a file anew; what it holds is on stable storage when this returns. <see cref="IOException"/>, <see cref="UnauthorizedAccessException"/>.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="write">Writes its content.</param>
    public static void Replace(string path, Action<Stream> write)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Sync(Path.GetDirectoryName(path)!);
    }
}

using MfsHa.MetadataFile;

namespace MfsHa.Node.Imports;

/// <summary>Scratch files in a directory of the disk that the import goes to; each is gone when it is closed, or with the process.</summary>
internal sealed class FileScratch(string directory) : IScratch
{
    private int files;

    /// <inheritdoc/>
    public Stream Create()
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, $"{Interlocked.Increment(ref files)}");
        return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.DeleteOnClose });
    }
}

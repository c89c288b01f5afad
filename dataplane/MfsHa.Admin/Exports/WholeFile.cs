using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MfsHa.Admin.Exports;

/// <summary>
/// A file that appears under its name only when it is whole and on stable storage: it is written beside under another name, synced, renamed, and the directory synced. Disposing
/// before <see cref="Complete"/> removes it. It replaces a file only where that is allowed.
/// </summary>
internal sealed partial class WholeFile : IDisposable
{
    private readonly string path;
    private readonly string temporary;
    private readonly FileStream stream;
    private readonly bool mayReplace;
    private bool completed;

    private WholeFile(string path, bool mayReplace)
    {
        this.path = path;
        this.mayReplace = mayReplace;
        temporary = path + ".unfinished";
        stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>Begins a file. <see cref="ExportException"/> when there is one already, or it cannot be made.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="mayReplace">True for what belongs to another file that does not exist: what there is was left by an interruption.</param>
    public static WholeFile Create(string path, bool mayReplace = false)
    {
        string full = Path.GetFullPath(path);
        if ((File.Exists(full) && !mayReplace) || Directory.Exists(full))
        {
            throw new ExportException($"{full} exists already: it is not replaced");
        }

        try
        {
            return new WholeFile(full, mayReplace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExportException($"{full} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Length so far.</summary>
    public long Length => stream.Length;

    /// <summary>The bytes so far, from the beginning; valid until the next call.</summary>
    public FileStream ReadBack()
    {
        stream.Flush();
        stream.Position = 0;
        return stream;
    }

    /// <summary>Puts bytes at a place.</summary>
    public async Task WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (offset > stream.Length)
        {
            throw new ExportException($"bytes at offset {offset} arrived, the file has {stream.Length} so far");
        }

        stream.Position = offset;
        await stream.WriteAsync(bytes, cancellation);
    }

    /// <summary>The file is whole: from now on it has its name.</summary>
    public void Complete()
    {
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(temporary, path, overwrite: mayReplace);
        completed = true;
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        if (!completed)
        {
            File.Delete(temporary);
        }
    }

    private static void SyncDirectory(string directory)
    {
        const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY
        using SafeFileHandle handle = Native.Open(directory, ReadOnlyDirectory);
        if (handle.IsInvalid || Native.Fsync(handle) != 0)
        {
            throw new ExportException($"{directory}: cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial SafeFileHandle Open(string path, int flags);

        [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
        public static partial int Fsync(SafeFileHandle handle);
    }
}

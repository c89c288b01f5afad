using System.Diagnostics;
using Xunit;

namespace MfsHa.Storage.Tests;

/// <summary>A file system in memory that can be full; needs the right to mount.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private SmallFileSystem(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one, or skips the test where that is not allowed.</summary>
    public static SmallFileSystem Mount(int mebibytes)
    {
        var path = Directory.CreateTempSubdirectory("mfsha-full-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", path) != 0)
        {
            Directory.Delete(path);
            Assert.Skip("mounting is not allowed here");
        }

        return new SmallFileSystem(path);
    }

    public void Resize(int mebibytes) => Assert.Equal(0, Run("mount", "-o", $"remount,size={mebibytes}m", Path));

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        var piece = new byte[4096];
        using var ballast = new FileStream(System.IO.Path.Combine(Path, "ballast"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                ballast.Write(piece);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

namespace MfsHa.Storage.Tests;

/// <summary>A directory of one test, removed with it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("mfsha-storage-").FullName;

    public string Path { get; }

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>What a kill -9 at this moment would leave of a directory that is open.</summary>
    public string CrashCopy(string source, string name)
    {
        var target = Sub(name);
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            if (System.IO.Path.GetFileName(file) != "LOCK")
            {
                File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
            }
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

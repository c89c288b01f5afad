using MfsHa.Cluster.Hosting;
using MfsHa.Consensus;
using MfsHa.Storage;

namespace MfsHa.Cluster.Formation;

/// <summary>
/// A data directory that is prepared beside its place and moved there when it is whole. What an interruption leaves is either nothing, or something that no node starts on:
/// first the identity is moved, which names the log store, then the log store, without whose state no group opens, then the state.
/// </summary>
public sealed class NewDataDirectory : IDisposable
{
    private const string Unfinished = ".import";

    /// <summary>The file of a RocksDB without which there is none.</summary>
    private const string Current = "CURRENT";

    private readonly string target;
    private bool completed;

    private NewDataDirectory(string target)
    {
        this.target = target;
        Path = System.IO.Path.Combine(target, Unfinished);
    }

    /// <summary>Where to prepare it.</summary>
    public string Path { get; }

    /// <summary>Begins; removes what an earlier attempt has left. <see cref="IOException"/> when the directory holds a node's data.</summary>
    public static NewDataDirectory Begin(string dataPath)
    {
        // The log store may share its directory with the node's log files.
        string[] taken = [new IdentityFile(dataPath).FullName, System.IO.Path.Combine(ConsensusHost.LogDirectory(dataPath), Current), ClusterHost.StateDirectory(dataPath)];
        if (Array.Find(taken, System.IO.Path.Exists) is { } found)
        {
            throw new IOException($"{dataPath} is not empty: {found} exists. A cluster begins with an import or without one; it cannot take one in later");
        }

        var directory = new NewDataDirectory(dataPath);
        directory.Remove();
        Directory.CreateDirectory(directory.Path);
        return directory;
    }

    /// <summary>Everything is prepared and on stable storage: moves it to its place.</summary>
    public void Complete()
    {
        File.Move(new IdentityFile(Path).FullName, new IdentityFile(target).FullName);
        DirectorySync.Sync(target);
        MoveLog(ConsensusHost.LogDirectory(Path), ConsensusHost.LogDirectory(target));
        Directory.Move(ClusterHost.StateDirectory(Path), ClusterHost.StateDirectory(target));
        DirectorySync.Sync(target);
        completed = true;
        Remove();
    }

    /// <summary>Removes what was prepared and not completed.</summary>
    public void Dispose()
    {
        if (!completed)
        {
            Remove();
        }
    }

    private static void MoveLog(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).OrderBy(static f => System.IO.Path.GetFileName(f) == Current))
        {
            File.Move(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        DirectorySync.Sync(to);
    }

    private void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

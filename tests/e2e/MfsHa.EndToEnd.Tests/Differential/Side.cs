using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>One service while a script runs on it: its clients' views of the script's root, and the files that the script holds open.</summary>
internal sealed class Side : IDisposable
{
    private readonly Dictionary<int, PosixFile> handles = [];

    /// <param name="folder">The script's root in the mounted tree.</param>
    public Side(IReadOnlyList<Mount> mounts, string folder, TimeScale times)
    {
        Views = [.. mounts.Select(mount => new View(this, mount, $"{mount.Path}/{folder}"))];
        Times = times;
    }

    /// <summary>By <see cref="Client"/>.</summary>
    public IReadOnlyList<View> Views { get; }

    public TimeScale Times { get; }

    public PosixFile Handle(int slot)
        => handles.TryGetValue(slot, out var file) ? file : throw new PosixException(Errno.BadDescriptor, "look up", $"handle {slot}");

    /// <summary>Keeps a file open in a slot; what was there is closed.</summary>
    public void Keep(int slot, PosixFile file)
    {
        Close(slot);
        handles[slot] = file;
    }

    public void Close(int slot)
    {
        if (handles.Remove(slot, out var file))
        {
            using (file)
            {
                // The release that belongs to a close is sent after close() has returned, too late for the next step.
                file.Unlock();
            }
        }
    }

    public void Dispose()
    {
        foreach (var slot in handles.Keys.ToList())
        {
            Close(slot);
        }
    }
}

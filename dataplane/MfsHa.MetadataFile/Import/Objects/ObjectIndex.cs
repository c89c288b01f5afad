using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import.Objects;

/// <summary>What has to be known of objects by their numbers while the rest of a file is read: some bits of each.</summary>
internal sealed class ObjectIndex
{
    private readonly NumberSet all = new();
    private readonly NumberSet detached = new();

    /// <summary>Directories.</summary>
    public NumberSet Directories { get; } = new();

    /// <summary>Objects with an entry, or with a path of the time before they were unlinked.</summary>
    public NumberSet Named { get; } = new();

    /// <summary>Objects with extended attributes.</summary>
    public NumberSet WithXattrs { get; } = new();

    /// <summary>Objects with an access ACL.</summary>
    public NumberSet WithAccessAcl { get; } = new();

    /// <summary>Objects with a default ACL.</summary>
    public NumberSet WithDefaultAcl { get; } = new();

    /// <summary>Numbers without an object that rest.</summary>
    public NumberSet Resting { get; } = new();

    /// <summary>That of a state, which may have changed since.</summary>
    public static ObjectIndex Of(NamespaceState shard)
    {
        var index = new ObjectIndex();
        foreach (var (number, inode) in shard.Inodes.All())
        {
            index.Add(number, inode.Type);
        }

        foreach (var ((_, number), _) in shard.Freed.All())
        {
            index.Resting.Add(number);
        }

        return index;
    }

    /// <summary>Adds an object; false when there is one with this number.</summary>
    public bool Add(uint number, NodeType type)
    {
        if (!all.Add(number))
        {
            return false;
        }

        if (type == NodeType.Directory)
        {
            Directories.Add(number);
        }
        else if (type is NodeType.Trash or NodeType.Sustained)
        {
            detached.Add(number);
        }

        return true;
    }

    /// <summary>True when there is an object with this number.</summary>
    public bool Exists(uint number) => all.Contains(number);

    /// <summary>True for a directory.</summary>
    public bool IsDirectory(uint number) => Directories.Contains(number);

    /// <summary>True for an unlinked file.</summary>
    public bool IsDetached(uint number) => detached.Contains(number);

    /// <summary>Numbers of all objects, ascending.</summary>
    public IEnumerable<uint> All() => all.All();
}

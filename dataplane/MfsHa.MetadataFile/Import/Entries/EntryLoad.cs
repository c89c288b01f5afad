using System.Buffers.Binary;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile.Import.Entries;

/// <summary>Makes the records of directory entries, in both orders.</summary>
internal sealed class EntryLoad(ImportTarget target, LoadProgress progress) : IDisposable
{
    private readonly TableLoad<(uint Directory, Name Name), DirectoryEntry> entries = target.Shard.Entries.BeginLoad(target.Bulk);
    private readonly TableLoad<(uint Directory, ulong Edge), DirectoryEdge> edges = target.Shard.Edges.BeginLoad(target.Bulk);

    /// <summary>Makes all records. <see cref="MetadataFileException"/> when two are alike.</summary>
    public void Run(CancellationToken cancellation)
    {
        LoadByName(cancellation);
        LoadByEdge(cancellation);
    }

    /// <summary>Makes what was loaded part of the store.</summary>
    public void Complete()
    {
        entries.Complete();
        edges.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        entries.Dispose();
        edges.Dispose();
    }

    private void LoadByName(CancellationToken cancellation)
    {
        using var notes = target.Tree.Entries.ByName;
        var sorted = notes.Sort();
        (uint Directory, Name Name) last = default;
        while (sorted.Next())
        {
            progress.Step(cancellation);
            var key = UInt32NameKey.Read(sorted.Key);
            var value = sorted.Value;
            if (key.First == last.Directory && key.Second.Equals(last.Name))
            {
                throw new MetadataFileException("EDGE", BinaryPrimitives.ReadInt64LittleEndian(value[(sizeof(uint) + sizeof(ulong))..]), $"directory {key.First} has two entries \"{key.Second}\"");
            }

            last = key;
            entries.Add(key, new DirectoryEntry(BinaryPrimitives.ReadUInt32LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(uint)..])));
        }
    }

    private void LoadByEdge(CancellationToken cancellation)
    {
        using var notes = target.Tree.Entries.ByEdge;
        var sorted = notes.Sort();
        (uint Directory, ulong Edge) last = default;
        while (sorted.Next())
        {
            progress.Step(cancellation);
            var key = UInt32UInt64Key.Read(sorted.Key);
            var value = sorted.Value;
            if (key == last)
            {
                throw new MetadataFileException("EDGE", BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(uint)..]), $"directory {key.First} has two entries with edge id {key.Second:X}");
            }

            last = key;
            edges.Add(key, new DirectoryEdge(new Name(value[EntryNotes.ByEdgeHeadLength..].ToArray()), BinaryPrimitives.ReadUInt32LittleEndian(value)));
        }
    }
}

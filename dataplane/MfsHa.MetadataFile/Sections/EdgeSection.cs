using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.MetadataFile.Import.Entries;

namespace MfsHa.MetadataFile.Sections;

/// <summary>EDGE 1.1: directory entries; trash and sustained files are entries of parent 0 with their paths as names (mfsmaster/filesystem.c: fs_storeedges, fs_loadedge).</summary>
internal sealed class EdgeSection : ISection
{
    private const byte Version11 = 0x11;
    private const int EndLength = 18;

    /// <inheritdoc/>
    public string Name => "EDGE";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version11;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version11;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        // Detached files have no edge ids here: they get the next ones, newest first as everything.
        var counters = context.Shards.Select(static s => s.Counters).ToArray();
        var first = counters.Min(static c => c.NextEdge);
        var next = first - (ulong)counters.Sum(static c => c.TrashFiles + c.SustainedFiles);
        file.UInt64(next);
        foreach (var (key, _) in context.Shards.SelectMany(static s => s.ExtraLinks.All()))
        {
            context.Links.AddFurtherLink(key.Inode, key.Parent, key.Edge);
            yield return default;
        }

        foreach (var (key, edge) in context.Shards.SelectMany(static s => s.Edges.All()))
        {
            context.Links.AddEntry(key.Directory, key.Edge, edge.Inode);
            WriteEdge(file, key.Directory, edge.Inode, key.Edge, edge.Name.Span);
            context.Report.Entries++;
            yield return default;
        }

        foreach (var (number, detached) in context.Shards.SelectMany(static s => s.Detached.All()))
        {
            context.Links.AddDetached(number);
            WriteEdge(file, 0, number, ++next, detached.Path);
            context.Report.Entries++;
            yield return default;
        }

        if (next != first)
        {
            throw new MetadataFileException(
                $"{counters.Sum(static c => c.TrashFiles)} files in the trash and {counters.Sum(static c => c.SustainedFiles)} sustained ones are counted, others were found");
        }

        context.Links.Check();

        file.Zeros(EndLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var next = file.UInt64();
        var reader = new EdgeImport(file, target);
        Span<byte> room = stackalloc byte[DetachedFile.MaxPathLength];
        while (true)
        {
            var (parent, child, id) = (file.UInt32(), file.UInt32(), file.UInt64());
            var nameLength = file.UInt16();
            if (child == 0)
            {
                break;
            }

            var name = room[..CheckLength(file, parent, nameLength)];
            file.Bytes(name);
            reader.Add(parent, child, id, name);
            target.Report.Entries++;
            target.Tick();
        }

        reader.End(next);
    }

    private static int CheckLength(FileParser file, uint parent, ushort length)
    {
        var most = parent == 0 ? DetachedFile.MaxPathLength : Metadata.Kernel.Name.MaxLength;
        return length >= 1 && length <= most ? length : throw file.Damaged($"a name of {length} bytes; 1..{most} were expected");
    }

    private static void WriteEdge(FileBuilder file, uint parent, uint child, ulong id, ReadOnlySpan<byte> name)
    {
        file.UInt32(parent);
        file.UInt32(child);
        file.UInt64(id);
        file.UInt16((ushort)name.Length);
        file.Bytes(name);
    }
}

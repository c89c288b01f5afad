using System.Text;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Sections;

namespace MfsHa.MetadataFile;

/// <summary>
/// Writes a state as metadata.mfs, piece by piece, in bounded memory (mfsmaster/metadata.c: meta_store). The caller takes pieces until there are none and puts
/// each at its offset. <see cref="MetadataFileException"/> when the state cannot be said in the format, or entries and objects do not belong together (<see cref="Sections.LinkCheck"/>).
/// </summary>
public sealed class MetadataFileWriter : IDisposable
{
    private readonly FileBuilder file = new();
    private readonly MetadataSource source;
    private readonly MetadataFormat format;
    private readonly IEnumerator<Pause> steps;

    /// <summary>Begins at the file's beginning.</summary>
    public MetadataFileWriter(MetadataSource source, MetadataFormat format)
    {
        this.source = source;
        this.format = format;
        if (source.Shards.Where((s, i) => s.Layout is { } layout ? layout.Shard != i || layout.Count != source.Shards.Count : source.Shards.Count != 1).Any())
        {
            throw new MetadataFileException($"{source.Shards.Count} states were given that are not all shards of one cluster");
        }

        MetaId = source.System.Cluster?.MetaId ?? throw new MetadataFileException("the cluster is not formed yet");
        Version = source.System.Cluster.MetadataVersion + (ulong)source.Shards.Sum(static s => s.Position.Index) + 1;
        steps = WriteAll().GetEnumerator();
    }

    /// <summary>Identity of the metadata.</summary>
    public ulong MetaId { get; }

    /// <summary>Number of the next change (metaversion): grows with every change of the cluster, as the sum of its shards' log indexes.</summary>
    public ulong Version { get; }

    /// <summary>What was written so far.</summary>
    public MetadataReport Report { get; } = new();

    /// <summary>Length of the file so far.</summary>
    public long Length => file.Position;

    /// <summary>The next piece of at least <paramref name="bytes"/> bytes (by one record more, or what is left); null at the end.</summary>
    public FilePiece? ReadNext(int bytes)
    {
        while (file.Waiting < bytes && steps.MoveNext())
        {
        }

        return file.Waiting > 0 ? file.Take() : file.TakeCorrection();
    }

    /// <inheritdoc/>
    public void Dispose() => steps.Dispose();

    private IEnumerable<Pause> WriteAll()
    {
        var context = new WriteContext(source.Shards, source.System, source.Now, format, Report);
        file.Bytes(FileFrame.Signature);
        file.UInt64(Version);
        file.UInt64(MetaId);
        foreach (var section in AllSections.InOrder)
        {
            if (section.VersionIn(format) is not { } version)
            {
                continue;
            }

            file.Bytes(Encoding.ASCII.GetBytes(section.Name));
            file.Byte((byte)' ');
            file.Bytes(FileFrame.VersionText(version));
            var length = file.Later64();
            var begin = file.Position;
            foreach (var pause in section.Write(file, context))
            {
                yield return pause;
            }

            file.FillIn(length, (ulong)(file.Position - begin));
        }

        file.Bytes(FileFrame.EndMarker);
    }
}

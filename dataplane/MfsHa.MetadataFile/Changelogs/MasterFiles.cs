using System.Buffers.Binary;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Changelogs;

/// <summary>What lies beside a metadata.mfs in the directory of an mfsmaster's data: the changelogs with changes that it does not contain. Open until it is disposed, so that they may be read by whoever cannot open them.</summary>
public sealed class MasterFiles : IDisposable
{
    private const int HeadLength = 8 + (2 * sizeof(ulong));
    private readonly List<ChangelogFile> changelogs = [];

    private MasterFiles()
    {
    }

    /// <summary>The changelogs, ascending by their first change.</summary>
    public IReadOnlyList<ChangelogFile> Changelogs => changelogs;

    /// <summary>
    /// Opens them. <see cref="MetadataFileException"/> when an mfsmaster is at work in the directory, when it has a newer copy of the same metadata, or when a changelog is none.
    /// </summary>
    /// <param name="metadata">The metadata.mfs; it is at its beginning again afterwards.</param>
    public static MasterFiles OpenBeside(FileStream metadata)
    {
        var files = new MasterFiles();
        Span<byte> head = stackalloc byte[HeadLength];
        var isWhole = metadata.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) == HeadLength;
        metadata.Position = 0;
        if (!isWhole || !head.StartsWith(FileFrame.Signature))
        {
            // Whoever reads it says what is wrong with it.
            return files;
        }

        var (version, metaId) = (BinaryPrimitives.ReadUInt64BigEndian(head[8..]), BinaryPrimitives.ReadUInt64BigEndian(head[16..]));
        var folder = Path.GetDirectoryName(Path.GetFullPath(metadata.Name))!;
        RunningMaster.Refuse(folder);
        OtherImages.RefuseNewer(folder, version, metaId);
        try
        {
            files.OpenNewerThan(folder, version);
        }
        catch
        {
            files.Dispose();
            throw;
        }

        return files;
    }

    /// <inheritdoc/>
    public void Dispose() => changelogs.ForEach(static c => c.Dispose());

    private void OpenNewerThan(string folder, ulong version)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "changelog*.mfs").Order(StringComparer.Ordinal))
        {
            if (ChangelogFile.TryOpen(path) is not { } changelog)
            {
                continue;
            }

            if (changelog.Last >= version)
            {
                changelogs.Add(changelog);
            }
            else
            {
                changelog.Dispose();
            }
        }

        changelogs.Sort(static (a, b) => a.First.CompareTo(b.First));
    }
}

using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.MetadataFile.Import.Objects;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Import;

/// <summary>Counts objects and chunks while a file is read.</summary>
internal sealed class Tally
{
    private readonly (long Files, long Directories)[] classes = new (long Files, long Directories)[byte.MaxValue + 1];
    private long inodes;
    private long directories;
    private long files;
    private long trashFiles;
    private long trashLength;
    private long sustainedFiles;
    private long sustainedLength;
    private long chunks;

    /// <summary>One chunk more.</summary>
    public void AddChunk() => chunks++;

    /// <summary>One object more.</summary>
    public void AddObject(in ObjectFacts facts)
    {
        inodes++;
        switch (facts.Type)
        {
            case NodeType.Directory:
                directories++;
                classes[facts.StorageClass].Directories++;
                break;
            case NodeType.File:
                files++;
                classes[facts.StorageClass].Files++;
                break;
            case NodeType.Trash:
                trashFiles++;
                trashLength += (long)facts.Length;
                classes[facts.StorageClass].Files++;
                break;
            case NodeType.Sustained:
                sustainedFiles++;
                sustainedLength += (long)facts.Length;
                classes[facts.StorageClass].Files++;
                break;
            default:
                break;
        }
    }

    /// <summary>Puts the numbers where they belong.</summary>
    public void Store(ImportTarget target)
    {
        for (uint id = 0; id < classes.Length; id++)
        {
            if (classes[id] is (not 0, _) or (_, not 0))
            {
                target.Shard.ClassUsages.Set(id, new ClassUsage(classes[id].Files, classes[id].Directories));
            }
        }

        target.Report.Inodes = inodes;
        target.Report.TrashFiles = trashFiles;
        target.Report.SustainedFiles = sustainedFiles;
        target.Report.Chunks = chunks;
        target.Change(c => c with
        {
            Inodes = inodes,
            Directories = directories,
            Files = files,
            TrashFiles = trashFiles,
            TrashLength = trashLength,
            SustainedFiles = sustainedFiles,
            SustainedLength = sustainedLength,
            Chunks = chunks,
        });
    }
}

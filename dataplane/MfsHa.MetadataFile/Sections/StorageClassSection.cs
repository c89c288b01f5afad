using MfsHa.Metadata.StorageClasses;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>SCLA: storage classes (mfsmaster/storageclass.c: sclass_store, sclass_load).</summary>
internal sealed class StorageClassSection : ISection
{
    private const byte Version16 = 0x16;
    private const byte Version1B = 0x1B;
    private const byte Version1C = 0x1C;

    /// <inheritdoc/>
    public string Name => "SCLA";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => format == MetadataFormat.Version3 ? Version16 : Version1B;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version is Version16 or Version1B or Version1C;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        // All shards have the same ones; while they are changed one shard may have a class that another does not have any more, or not yet.
        var classes = context.Shards.SelectMany(static s => s.AllStorageClasses()).DistinctBy(static c => c.Id).OrderBy(static c => c.Id).ToList();
        for (byte goal = 1; goal <= StorageClassRecord.MaxGoal; goal++)
        {
            if (classes.Find(c => c.Id == goal) is not { IsGoal: true })
            {
                throw new MetadataFileException(
                    $"storage class {goal} is not named \"{goal}\", as all mfsmasters before 4.57 need it: such classes come from a metadata.mfs of 4.57 or later, which this version does not write");
            }
        }

        context.Report.StorageClasses = classes.Count;
        if (context.Format == MetadataFormat.Version3 && context.Shards[0].NamePatterns.Patterns.Length is > 0 and var patterns)
        {
            context.Report.Lose($"{patterns} name patterns (mfscreatepattern): 3.0 has none");
        }

        return context.Format == MetadataFormat.Version3 ? Classes3.Write(file, classes, context.Report) : Classes4.Write(file, classes, context.Report);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var records = version == Version16 ? Classes3.Read(file) : Classes4.Read(file, hasDescriptions: version == Version1C);
        foreach (var record in records)
        {
            if (target.Shard.StorageClasses.Contains(record.Id))
            {
                throw file.Damaged($"storage class {record.Id} comes twice");
            }

            target.Shard.StorageClasses.Set(record.Id, record);
            target.Report.StorageClasses++;
        }

        target.Shard.StoreClasses();
        target.Step();
    }
}

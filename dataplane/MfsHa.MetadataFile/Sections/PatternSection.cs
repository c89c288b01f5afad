using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Patterns;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Sections;

/// <summary>PATT: name patterns of 4.x (mfsmaster/patterns.c: patterns_store, patterns_load).</summary>
internal sealed class PatternSection : ISection
{
    private const byte Version10 = 0x10;
    private const byte Version11 = 0x11;

    /// <inheritdoc/>
    public string Name => "PATT";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => format == MetadataFormat.Version3 ? null : Version11;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version is Version10 or Version11;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        // All shards have the same ones.
        foreach (var pattern in context.Shards[0].NamePatterns.Patterns)
        {
            file.Byte((byte)pattern.Glob.Length);
            file.UInt32(pattern.Uid);
            file.UInt32(pattern.Gid);
            file.Byte(pattern.Priority);
            file.Byte((byte)pattern.Applies);
            file.Byte(pattern.StorageClass);
            file.UInt16(pattern.TrashHours);
            file.Byte((byte)pattern.Sets);
            file.Byte((byte)pattern.Clears);
            file.Bytes(pattern.Glob.Span);
            yield return default;
        }

        file.Byte(0);
        file.UInt32(NamePattern.Anybody);
        file.UInt32(NamePattern.Anybody);
        yield return default;
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        var table = PatternTable.Empty;
        while (true)
        {
            var (length, uid, gid) = (file.Byte(), file.UInt32(), file.UInt32());
            if (length == 0)
            {
                break;
            }

            var (priority, applies, storageClass, hours) = (file.Byte(), (PatternSettings)file.Byte(), file.Byte(), file.UInt16());
            var sets = (ExtraAttributes)file.Byte();
            var clears = version == Version11 ? (ExtraAttributes)file.Byte() : ExtraAttributes.None;
            var glob = new Name(file.Bytes(length));
            if (table.Patterns.Length >= PatternTable.MostPatterns)
            {
                throw file.Damaged($"there are more than {PatternTable.MostPatterns} name patterns");
            }

            table = table.With(new NamePattern(glob, uid, gid, priority, applies, storageClass, hours, sets, clears));
        }

        if (table.Patterns.Length > 0)
        {
            target.Shard.NamePatterns = table;
            target.Step();
        }
    }
}

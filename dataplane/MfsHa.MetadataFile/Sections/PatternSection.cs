using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>PATT: name patterns of 4.x (mfsmaster/patterns.c: patterns_store). There are none here: the section is empty, and read ones are not kept.</summary>
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
        file.Byte(0);
        file.UInt32(uint.MaxValue);
        file.UInt32(uint.MaxValue);
        yield return default;
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        const int RestOf10 = 6;
        const int RestOf11 = 7;
        var patterns = 0;
        while (true)
        {
            var length = file.Byte();
            _ = file.UInt32();
            _ = file.UInt32();
            if (length == 0)
            {
                break;
            }

            _ = file.Bytes(version == Version11 ? RestOf11 : RestOf10);
            _ = file.Bytes(length);
            patterns++;
        }

        if (patterns > 0)
        {
            target.Report.Lose($"{patterns} name patterns (mfscreatepattern) are not kept: new objects do not get what they say");
        }
    }
}

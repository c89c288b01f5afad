using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>One kind of section: its layout in the versions that are written and read.</summary>
internal interface ISection
{
    /// <summary>Four letters.</summary>
    string Name { get; }

    /// <summary>The version that is written; null when files of this format have no such section.</summary>
    byte? VersionIn(MetadataFormat format);

    /// <summary>True when this version can be read.</summary>
    bool CanRead(byte version);

    /// <summary>Writes the section's data, its end record included; pauses after every record.</summary>
    IEnumerable<Pause> Write(FileBuilder file, WriteContext context);

    /// <summary>Reads the section's data up to and including its end record.</summary>
    void Read(FileParser file, byte version, ImportTarget target);
}

using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;

namespace MfsHa.MetadataFile.Sections;

/// <summary>XATR 1.0: extended attributes, those of one object together (mfsmaster/xattr.c: xattr_store).</summary>
internal sealed class XattrSection : ISection
{
    private const byte Version10 = 0x10;
    private const int EndLength = 9;

    /// <inheritdoc/>
    public string Name => "XATR";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version10;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version10;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        foreach (var (shard, number) in context.Shards.SelectMany(static s => s.XattrSummaries.All().Select(x => (s, x.Key))))
        {
            // The oldest first: who reads them puts each before those that are there.
            foreach (var (name, xattr) in Enumerable.Reverse(shard.XattrsOf(number)))
            {
                file.UInt32(number);
                file.Byte((byte)name.Length);
                file.UInt32((uint)xattr.Value.Length);
                file.Bytes(name.Span);
                file.Bytes(xattr.Value);
                context.Report.Xattrs++;
                yield return default;
            }
        }

        file.Zeros(EndLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        while (true)
        {
            var (number, nameLength, valueLength) = (file.UInt32(), file.Byte(), file.UInt32());
            if (number == 0)
            {
                break;
            }

            if (nameLength == 0 || valueLength > Xattr.MaxValueLength)
            {
                throw file.Damaged($"an extended attribute with a name of {nameLength} and a value of {valueLength} bytes");
            }

            var name = new Name(file.Bytes(nameLength));
            var value = file.Bytes((int)valueLength);
            if (!target.Objects.Exists(number))
            {
                throw file.Damaged($"inode {number} has an extended attribute and does not exist");
            }

            target.Shard.SetXattr(number, !target.Objects.WithXattrs.Add(number), name, value);
            target.Report.Xattrs++;
            target.Step();
        }
    }
}

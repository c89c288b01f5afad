using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Sections;

/// <summary>QUOT 1.1: quotas of directories (mfsmaster/filesystem.c: fs_storequota).</summary>
internal sealed class QuotaSection : ISection
{
    private const byte Version11 = 0x11;

    /// <inheritdoc/>
    public string Name => "QUOT";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version11;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version11;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        var count = file.Later32();
        foreach (var (number, quota) in context.Shards.SelectMany(static s => s.Quotas.All()))
        {
            file.UInt32(number);
            file.UInt32(quota.GraceSeconds);
            file.Byte(quota.Exceeded ? (byte)1 : (byte)0);
            file.Byte((byte)quota.Flags);
            file.UInt32(quota.SoftSince);
            file.UInt32(quota.Soft.Inodes);
            file.UInt32(quota.Hard.Inodes);
            file.UInt64(quota.Soft.Length);
            file.UInt64(quota.Hard.Length);
            file.UInt64(quota.Soft.Size);
            file.UInt64(quota.Hard.Size);
            file.UInt64(quota.Soft.RealSize);
            file.UInt64(quota.Hard.RealSize);
            context.Report.Quotas++;
            yield return default;
        }

        file.FillIn(count, (uint)context.Report.Quotas);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        for (var left = file.UInt32(); left > 0; left--)
        {
            var number = file.UInt32();
            if (!target.Objects.IsDirectory(number))
            {
                throw file.Damaged($"inode {number} has a quota and is no directory");
            }

            var (grace, exceeded, flags, since) = (file.UInt32(), file.Byte() != 0, (QuotaFlags)file.Byte(), file.UInt32());
            var (softInodes, hardInodes) = (file.UInt32(), file.UInt32());
            var (softLength, hardLength, softSize, hardSize, softReal, hardReal) = (file.UInt64(), file.UInt64(), file.UInt64(), file.UInt64(), file.UInt64(), file.UInt64());
            if (flags != QuotaFlags.None)
            {
                target.Shard.SetQuota(number, new QuotaRecord(
                    flags, grace, exceeded, since, new QuotaAmounts(softInodes, softLength, softSize, softReal), new QuotaAmounts(hardInodes, hardLength, hardSize, hardReal)));
                target.Report.Quotas++;
            }

            target.Step();
        }
    }
}

using MfsHa.Protocol.Client;

namespace MfsHa.Protocol.Tests.Support;

internal static partial class Samples
{
    private const string NodeHex = "00000007" + FileAttributesHex;

    /// <summary>What clients of 3.0.74 are sent: no Windows attributes.</summary>
    private static readonly string s_shortAttributesHex = FileAttributesHex[..^2];

    private static readonly ChunkLocations s_chunk = new(
        ChunkDataProtocol.Copies, 0x55, 3, new ChunkLocation[] { new(0x0A4D0003, 9422, Versions.V4566, 1), new(0x0A4D0004, 9422, Versions.V30117, 0) });

    private const string ServersHex = "0a4d0003" + "24ce" + "0004380c" + "00000001" + "0a4d0004" + "24ce" + "000300ea" + "00000000";

    private static readonly QuotaControlReply s_quota = new(
        QuotaFlags.SoftInodes, true, 60, new QuotaLimits(1, 2, 3, 4), new QuotaLimits(5, 6, 7, 8), new QuotaLimits(9, 10, 11, 12));

    private const string QuotaHex = "0000003c"
        + "00000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
        + "00000005" + "0000000000000006" + "0000000000000007" + "0000000000000008"
        + "00000009" + "000000000000000a" + "000000000000000b" + "000000000000000c";

    public static IEnumerable<Sample> Replies =>
    [
        Reply(
            new StatFsReply(1, 2, 3, 4, 5, 6), Versions.V4592,
            "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004" + "0000000000000005" + "00000006"),
        Reply(
            new StatFsReply(1, 2, 3, 4, 5, 6), Versions.V3074,
            "0000000000000001" + "0000000000000002" + "0000000000000004" + "0000000000000005" + "00000006"),
        Reply(new PathLookupReply(1, s_name, 7, FileAttributes), Versions.V4592, "00000001" + Name + NodeHex),
        Reply(new LookupReply(7, FileAttributes, (LookupFlags)0x0F), Versions.V30117, NodeHex + "000f"),
        Reply(new LookupReply(7, FileAttributes, (LookupFlags)0xFF), Versions.V3074, "00000007" + s_shortAttributesHex + "00ff"),
        Reply(
            new LookupReply(7, FileAttributes, (LookupFlags)0xFF, s_chunk), Versions.V4566,
            NodeHex + "01ff" + "02" + "0000000000000055" + "00000003" + ServersHex),
        Reply(new GetAttributesReply(FileAttributes), Versions.V30117, FileAttributesHex),
        Reply(
            new GetAttributesReply(DeviceAttributes), Versions.V4592,
            "08" + "61a4" + "00000a0b" + "00000c0d" + "60000001" + "60000002" + "60000003" + "00000002" + "0001000300000000" + "08"),
        Reply(new SetAttributesReply(FileAttributes), Versions.V30117, FileAttributesHex),
        Reply(new ReadLinkReply(Packets.Bytes("t/u")), Versions.V30117, "00000004" + "742f7500"),
        Reply(new SymlinkReply(7, FileAttributes), Versions.V30117, NodeHex),
        Reply(new MakeNodeReply(7, FileAttributes), Versions.V30117, NodeHex),
        Reply(new MakeDirectoryReply(7, FileAttributes), Versions.V30117, NodeHex),
        Reply(new RenameReply(7, FileAttributes), Versions.V30117, NodeHex),
        Reply(new LinkReply(7, FileAttributes), Versions.V30117, NodeHex),
        Reply(new UnlinkReply(7), Versions.V30117, "00000007"),
        Reply(new RemoveDirectoryReply(7), Versions.V4592, "00000007"),
        Reply(new OpenReply(OpenReplyFlags.KeepCache, FileAttributes), Versions.V30117, "01" + FileAttributesHex),
        Reply(new OpenReply(OpenReplyFlags.KeepCache, FileAttributes), Versions.V3074, s_shortAttributesHex),
        Reply(new CreateReply(OpenReplyFlags.AppendOnly, 7, FileAttributes), Versions.V30117, "04" + NodeHex),
        Reply(new CreateReply(OpenReplyFlags.AppendOnly, 7, FileAttributes), Versions.V3074, "00000007" + s_shortAttributesHex),
        Reply(new TruncateReply(0x99, FileAttributes), Versions.V30117, "0000000000000099" + FileAttributesHex),
        Reply(new TruncateReply(0x99, FileAttributes), Versions.V3074, s_shortAttributesHex),
        Reply(
            new ReadChunkReply(0x1000, s_chunk), Versions.V4592, "02" + "0000000000001000" + "0000000000000055" + "00000003" + ServersHex),
        Reply(
            new ReadChunkReply(0x1000, new ChunkLocations(ChunkDataProtocol.Copies, 0, 0, default)), Versions.V30117,
            "02" + "0000000000001000" + "0000000000000000" + "00000000"),
        Reply(
            new WriteChunkReply(0x1000, s_chunk), Versions.V30117, "02" + "0000000000001000" + "0000000000000055" + "00000003" + ServersHex),
        Reply(new GetXattrReply(2, Packets.Bytes("ab")), Versions.V30117, "00000002" + "6162"),
        Reply(new GetXattrReply(2, null), Versions.V30117, "00000002"),
        Reply(
            new GetAclReply(new AccessControlList(7, 5, 4, 6, new AclEntry[] { new(11, 6) }, default)), Versions.V30117,
            "0007" + "0005" + "0004" + "0006" + "0001" + "0000" + "0000000b0006"),
        Reply(
            new PosixLockReply(77, PosixLockType.Write, 1, ulong.MaxValue), Versions.V30117,
            "0000004d" + "02" + "0000000000000001" + "ffffffffffffffff"),
        Reply(
            new GetTrashRetentionReply(new RetentionCount[] { new(3600, 2) }, new RetentionCount[] { new(7200, 1), new(0, 3) }), Versions.V30117,
            "00000001" + "00000002" + "00000e10" + "00000002" + "00001c20" + "00000001" + "00000000" + "00000003"),
        Reply(new SetTrashRetentionReply(new ChangeCounts(1, 2, 3)), Versions.V30117, "00000001" + "00000002" + "00000003"),
        Reply(
            new GetStorageClassReply(new StorageClassCount[] { new(s_name, 2) }, new StorageClassCount[] { new(Packets.Bytes("2"), 1) }), Versions.V30117,
            "01" + "01" + "ff" + Name + "00000002" + "ff" + "0132" + "00000001"),
        Reply(new GetStorageClassReply(new StorageClassCount[] { new(default, 2, 3) }, default), Versions.V30117, "01" + "00" + "03" + "00000002"),
        Reply(new SetStorageClassReply(new ChangeCounts(1, 2, 3)), Versions.V30117, "00000001" + "00000002" + "00000003"),
        Reply(
            new GetExtraAttributesReply(new ExtraAttributesCount[] { new(ExtraAttributes.NoOwner, 2) }, default), Versions.V30117,
            "01" + "00" + "01" + "00000002"),
        Reply(new SetExtraAttributesReply(new ChangeCounts(1, 2, 3)), Versions.V30117, "00000001" + "00000002" + "00000003"),
        Reply(s_quota with { IsDefaultGrace = false }, Versions.V30117, "01" + QuotaHex),
        Reply(s_quota, Versions.V4566, "01" + "01" + QuotaHex),
        Reply(
            new ArchiveStateReply(1, 2, 3, 4, 5), Versions.V30117,
            "0000000000000001" + "0000000000000002" + "00000003" + "00000004" + "00000005"),
        Reply(new ArchiveChangeReply(1, 2, 3), Versions.V30117, "0000000000000001" + "0000000000000002" + "00000003"),
        Reply(
            new GetDirectoryStatsReply(1, 2, 3, 4, 5, 6, 7), Versions.V4592,
            "00000001" + "00000002" + "00000003" + "00000004" + "0000000000000005" + "0000000000000006" + "0000000000000007"),
        Reply(
            new GetDirectoryStatsReply(1, 2, 3, 4, 5, 6, 7, true), Versions.V30117,
            "00000001" + "00000002" + "00000003" + "0000000000000000" + "00000004" + "0000000000000000"
            + "0000000000000005" + "0000000000000006" + "0000000000000007"),
        Reply(new RepairReply(1, 2, 3), Versions.V30117, "00000001" + "00000002" + "00000003"),
        Reply(new ParentsReply(new PackedInode[] { new(1), new(9) }), Versions.V30117, "00000001" + "00000009"),
        Reply(new PathsReply([Packets.Bytes("a"), Packets.Bytes("bc")]), Versions.V30117, "00000001" + "61" + "00000002" + "6263"),
        Reply(default(NodeInfoReply), Versions.V4592, "0000"),
        Reply(
            new NodeInfoReply(NodeInfoKind.Directory, 0x22, 0, new PackedInode[] { new(5) }, default), Versions.V4592,
            "0001" + "0000000000000022" + "00000005"),
        Reply(
            new NodeInfoReply(NodeInfoKind.FileInEighths, 0, 0x1000, default, new NodeInfoChunk[] { new(0x55, 0x1000, 16) }), Versions.V4592,
            "0003" + "0000000000000000" + "0000000000001000" + "0000000000000055" + "00001000" + "10"),
        Reply(new GetTrashReply([new DeletedEntry(s_name, 7)]), Versions.V30117, Name + "00000007"),
        Reply(new GetSustainedReply([new DeletedEntry(s_name, 7)]), Versions.V30117, Name + "00000007"),
        Reply(new GetDetachedAttributesReply(FileAttributes), Versions.V30117, FileAttributesHex),
        Reply(new GetTrashPathReply(Packets.Bytes("a/b")), Versions.V30117, "00000004" + "612f6200"),
            Reply(new StorageClassChangeReply(0, s_maskClass), Versions.V30117, "00" + MaskClassHex),
        Reply(new StorageClassChangeReply(6, s_expressionClass), Versions.V4592, "06" + ExpressionClassHex),
        Reply(new PatternListReply([s_pattern]), Versions.V4566, PatternHex),
        Reply(new TrashRecoverReply(Packets.Bytes("a")), Versions.V4566, "00000001" + "61"),
        Reply(
            new SustainedListReply(9, [new SustainedListEntry(7, [1, 2], Packets.Bytes("a"))]), Versions.V4566,
            "00000009" + "00000001" + "00000007" + "00000002" + "00000001" + "00000002" + "00000001" + "61"),
    ];
}

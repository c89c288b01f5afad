using MfsHa.Protocol.Client;

namespace MfsHa.Protocol.Tests.Support;

internal static partial class Samples
{
    public static IEnumerable<Sample> Requests =>
    [
        Request(default(StatFsRequest), string.Empty),
        Request(new AccessRequest(7, s_caller, 4), "00000007" + Caller + "0004"),
        Request(new AccessRequest(7, new Credentials(1, [uint.MaxValue]), 4, true), "00000007" + "00000001" + "ffffffff" + "04"),
        Request(new PathLookupRequest(1, Packets.Bytes("a/b"), s_caller), "00000001" + "00000003" + "612f62" + Caller),
        Request(new LookupRequest(1, s_name, s_caller), "00000001" + Name + Caller),
        Request(new GetAttributesRequest(7, true, 1, 2), "00000007" + "01" + "00000001" + "00000002"),
        Request(new GetAttributesRequest(7, false, 1, 2, GetAttributesForm.WithoutOpened), "00000007" + "00000001" + "00000002"),
        Request(new GetAttributesRequest(7, false, 0, 0, GetAttributesForm.InodeOnly), "00000007"),
        Request(
            new SetAttributesRequest(7, true, s_caller, SetAttributesMask.Mode | SetAttributesMask.Uid, 0x1A4, 5, 6, 8, 9, WindowsAttributes.Hidden, SetIdClearMode.Ext),
            "00000007" + "01" + Caller + "06" + "01a4" + "00000005" + "00000006" + "00000008" + "00000009" + "02" + "04"),
        Request(
            new SetAttributesRequest(7, true, s_caller, SetAttributesMask.AccessTimeNow, 0x1A4, 5, 6, 8, 9, null, SetIdClearMode.Xfs),
            "00000007" + "01" + Caller + "80" + "01a4" + "00000005" + "00000006" + "00000008" + "00000009" + "05"),
        Request(new ReadLinkRequest(7), "00000007"),
        Request(
            new SymlinkRequest(1, s_name, Packets.Bytes("x\0"), s_caller), "00000001" + Name + "00000002" + "7800" + Caller),
        Request(
            new MakeNodeRequest(1, s_name, NodeType.CharDevice, 0x180, 0x12, s_caller, 0x103),
            "00000001" + Name + "06" + "0180" + "0012" + Caller + "00000103"),
        Request(new MakeDirectoryRequest(1, s_name, 0x1ED, 0x12, s_caller, true), "00000001" + Name + "01ed" + "0012" + Caller + "01"),
        Request(new UnlinkRequest(1, s_name, s_caller), "00000001" + Name + Caller),
        Request(new RemoveDirectoryRequest(1, s_name, s_caller), "00000001" + Name + Caller),
        Request(
            new RenameRequest(1, s_name, 2, Packets.Bytes("n"), s_caller, null), "00000001" + Name + "00000002" + "016e" + Caller),
        Request(
            new RenameRequest(1, s_name, 2, Packets.Bytes("n"), s_caller, RenameMode.Exchange),
            "00000001" + Name + "00000002" + "016e" + Caller + "01"),
        Request(new LinkRequest(7, 1, s_name, s_caller), "00000007" + "00000001" + Name + Caller),
        Request(
            new ReadDirectoryRequest(1, s_caller, ReadDirectoryFlags.WithAttributes, 4096, 0x1122), "00000001" + Caller + "01" + "00001000" + "0000000000001122"),
        Request(new OpenRequest(7, s_caller, OpenFlags.Read | OpenFlags.CacheCleared), "00000007" + Caller + "11"),
        Request(new OpenRequest(7, new Credentials(1, [uint.MaxValue]), OpenFlags.Write, true), "00000007" + "00000001" + "ffffffff" + "02"),
        Request(new CreateRequest(1, s_name, 0x1A4, 0x12, s_caller), "00000001" + Name + "01a4" + "0012" + Caller),
        Request(
            new TruncateRequest(7, TruncateFlags.Opened | TruncateFlags.Update | TruncateFlags.Reserve, s_caller, 0x1_0000_0000),
            "00000007" + "0b" + Caller + "0000000100000000"),
        Request(new ReadChunkRequest(7, 3, ChunkOperationFlags.None), "00000007" + "00000003" + "00"),
        Request(new WriteChunkRequest(7, 3, ChunkOperationFlags.UseReservedSpace), "00000007" + "00000003" + "04"),
        Request(
            new WriteChunkEndRequest(0x55, 7, 3, 0x1000, ChunkOperationFlags.CanModifyTime, null),
            "0000000000000055" + "00000007" + "00000003" + "0000000000001000" + "01"),
        Request(
            new WriteChunkEndRequest(0x55, 7, 3, 0x1000, ChunkOperationFlags.None, new WrittenRange(16, 32)),
            "0000000000000055" + "00000007" + "00000003" + "0000000000001000" + "00" + "00000010" + "00000020"),
        Request(new GetXattrRequest(7, s_name, XattrGetMode.LengthOnly, true, s_caller), "00000007" + Name + "01" + "01" + Caller),
        Request(
            new SetXattrRequest(7, s_name, Packets.Bytes("v"), XattrSetMode.Replace, false, s_caller),
            "00000007" + Name + "00000001" + "76" + "02" + "00" + Caller),
        Request(new GetAclRequest(7, AclType.Default), "00000007" + "02"),
        Request(
            new SetAclRequest(7, 1000, AclType.Access, new AccessControlList(7, 5, 4, 6, new AclEntry[] { new(11, 6) }, new AclEntry[] { new(12, 4), new(13, 1) })),
            "00000007" + "000003e8" + "01" + "0007" + "0005" + "0004" + "0006" + "0001" + "0002" + "0000000b0006" + "0000000c0004" + "0000000d0001"),
        Request(new FlockRequest(7, 9, 0xABCD, FlockCommand.LockExclusive), "00000007" + "00000009" + "000000000000abcd" + "04"),
        Request(
            new PosixLockRequest(7, 9, 0xABCD, 77, PosixLockCommand.Try, PosixLockType.Write, 1, ulong.MaxValue),
            "00000007" + "00000009" + "000000000000abcd" + "0000004d" + "02" + "02" + "0000000000000001" + "ffffffffffffffff"),
        Request(new GetConfigFileRequest(s_name), Name),
    ];

    public static IEnumerable<Sample> ToolRequests =>
    [
        Request(new CheckRequest(null, 7, null), "00000007"),
        Request(new CheckRequest(null, 7, 3), "00000007" + "00000003"),
        Request(new CheckRequest(CheckMode.CountsByWord, 7, null), "03" + "00000007"),
        Request(new CheckRequest(CheckMode.ChunkWithTime, 7, 3), "04" + "00000007" + "00000003"),
        Request(new GetTrashRetentionRequest(7, GetMode.Recursive), "00000007" + "01"),
        Request(new SetTrashRetentionRequest(7, 1, 3600, SetModes.Increase | SetModes.Recursive), "00000007" + "00000001" + "00000e10" + "05"),
        Request(new GetStorageClassRequest(7, GetMode.Normal), "00000007" + "00"),
        Request(new SetStorageClassRequest(7, 1, 3, SetModes.Set, default, default), "00000007" + "00000001" + "03" + "00"),
        Request(new SetStorageClassRequest(7, 1, null, SetModes.Set, default, s_name), "00000007" + "00000001" + "ff" + "00" + Name),
        Request(
            new SetStorageClassRequest(7, 1, null, SetModes.Exchange | SetModes.Recursive, Packets.Bytes("o"), s_name),
            "00000007" + "00000001" + "ff" + "07" + "016f" + Name),
        Request(new GetExtraAttributesRequest(7, GetMode.Recursive), "00000007" + "01"),
        Request(new SetExtraAttributesRequest(7, 1, ExtraAttributes.Immutable, SetModes.Decrease), "00000007" + "00000001" + "80" + "02"),
        Request(new QuotaControlRequest(7, QuotaFlags.None, null), "00000007" + "00"),
        Request(
            new QuotaControlRequest(7, QuotaFlags.HardInodes, new QuotaSetting(60, new QuotaLimits(1, 2, 3, 4), new QuotaLimits(5, 6, 7, 8))),
            "00000007" + "10" + "0000003c" + "00000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
            + "00000005" + "0000000000000006" + "0000000000000007" + "0000000000000008"),
        Request(new ArchiveControlRequest(7, ArchiveCommand.Get, null), "00000007" + "02"),
        Request(new ArchiveControlRequest(7, ArchiveCommand.Set, 1000), "00000007" + "01" + "000003e8"),
        Request(
            new AppendSliceRequest(AppendSliceFlags.ToIsNegative, 7, 8, 0, 2, s_caller),
            "02" + "00000007" + "00000008" + "00000000" + "00000002" + Caller),
        Request(new GetDirectoryStatsRequest(7), "00000007"),
        Request(new RepairRequest(7, s_caller, null), "00000007" + Caller),
        Request(new RepairRequest(7, s_caller, 1), "00000007" + Caller + "01"),
        Request(
            new SnapshotRequest(7, 1, s_name, s_caller, SnapshotModes.Overwrite | SnapshotModes.Delete, 0x12),
            "00000007" + "00000001" + Name + Caller + "81" + "0012"),
        Request(new ParentsRequest(7), "00000007"),
        Request(new PathsRequest(7), "00000007"),
        Request(new NodeInfoRequest(7, 100, 0x22), "00000007" + "00000064" + "0000000000000022"),
        Request(new GetTrashRequest(null), string.Empty),
        Request(new GetTrashRequest(4096), "00001000"),
        Request(new GetSustainedRequest(3), "00000003"),
        Request(new GetDetachedAttributesRequest(7, DetachedKind.Sustained), "00000007" + "02"),
        Request(new GetDetachedAttributesRequest(7, null), "00000007"),
        Request(new GetTrashPathRequest(7), "00000007"),
        Request(new SetTrashPathRequest(7, Packets.Bytes("a\0")), "00000007" + "00000002" + "6100"),
        Request(new UndeleteRequest(7), "00000007"),
        Request(new PurgeRequest(7), "00000007"),
    ];
    public static IEnumerable<Sample> AdministrationRequests =>
    [
        Request(new StorageClassCreateRequest(s_name, 0, s_maskClass), Name + "00" + MaskClassHex),
        Request(new StorageClassCreateRequest(s_name, 6, s_expressionClass), Name + "06" + ExpressionClassHex),
        Request(new StorageClassChangeRequest(s_name, 0, StorageClassChanges.KeepLabels, s_maskClass), Name + "00" + "0008" + MaskClassHex),
        Request(new StorageClassDeleteRequest(s_name), Name),
        Request(new StorageClassDuplicateRequest(Packets.Bytes("o"), s_name), "016f" + Name),
        Request(new StorageClassRenameRequest(Packets.Bytes("o"), s_name), "016f" + Name),
        Request(new StorageClassListRequest(5), "05"),
        Request(new PatternAddRequest(s_pattern), "00" + PatternHex),
        Request(new PatternDeleteRequest(s_pattern.Key), "00" + "022a78" + "ffffffff" + "00000005"),
        Request(default(PatternListRequest), "00"),
        Request(
            new TrashListRequest(3, true, uint.MaxValue, 1, 2, Packets.Bytes("*")), "03" + "01" + "ffffffff" + "00000001" + "00000002" + "012a"),
        Request(new TrashListRequest(3, false, 5, 1, 2, null), "03" + "00" + "00000005" + "00000001" + "00000002"),
        Request(
            new TrashRecoverRequest(7, 1, Packets.Bytes("a"), 0x12, s_caller, true), "00000007" + "00000001" + "00000001" + "61" + "0012" + Caller + "01"),
        Request(new TrashRemoveRequest(7, 5), "00000007" + "00000005"),
        Request(new SustainedListRequest(3, uint.MaxValue, Packets.Bytes("*")), "03" + "ffffffff" + "012a"),
        Request(new SustainedListRequest(3, uint.MaxValue, null), "03" + "ffffffff"),
    ];
}

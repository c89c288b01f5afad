using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>One state of a storage class with what the cluster has for it.</summary>
/// <param name="Fulfillable">Whether the connected servers can fulfil it: 0 no, others yes to some degree.</param>
/// <param name="Matching">Servers that match each label of <paramref name="Definition"/>.</param>
public sealed record StorageClassInfoState(byte Fulfillable, StorageClassState Definition, IReadOnlyList<ushort> Matching);

/// <summary>A storage class in SCLASS_INFO.</summary>
/// <param name="Chunks">
/// Numbers of chunks: under, exact, over the goal; in the 3.x form each as (standard, archived), else as (keep, archive, trash); from
/// format 2 on twice as many, for copies and erasure coding: under-copy, under-EC, exact-copy, exact-EC, over-copy, over-EC.
/// </param>
/// <param name="HasChunks">Only in the brief form.</param>
public sealed record StorageClassInfo(
    byte ClassId,
    ReadOnlyMemory<byte> Name,
    ReadOnlyMemory<byte> Description,
    uint Files,
    uint Directories,
    IReadOnlyList<ulong> Chunks,
    uint Priority,
    byte ExportGroup,
    bool AdminOnly,
    byte LabelsMode,
    byte ArchiveMode,
    ushort ArchiveDelay,
    ulong ArchiveMinSize,
    ushort MinTrashHours,
    StorageClassInfoState Create,
    StorageClassInfoState Keep,
    StorageClassInfoState Archive,
    StorageClassInfoState Trash,
    bool HasChunks = false);

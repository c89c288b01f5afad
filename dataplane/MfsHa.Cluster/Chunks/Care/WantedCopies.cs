using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>Which copies a chunk should have.</summary>
/// <param name="Labels">One label expression per copy (<see cref="LabelExpression"/>).</param>
/// <param name="Strictness">How strictly they bind; never <see cref="LabelsMode.OfClass"/>.</param>
/// <param name="Unique">What must differ between the chunkservers: bits 0..25 labels, <see cref="UniqueAddress"/>.</param>
public sealed record WantedCopies(IReadOnlyList<byte[]> Labels, LabelsMode Strictness, uint Unique)
{
    /// <summary>Bit 26 of <see cref="StorageMode.UniqueMask"/>: different IP addresses.</summary>
    public const uint UniqueAddress = 1u << 26;

    private const uint UniqueLabels = UniqueAddress - 1;

    /// <summary>How many.</summary>
    public int Count => Labels.Count;

    /// <summary>True when it does not matter where copies are.</summary>
    public bool IsAnywhere { get; } = Unique == 0 && Labels.All(static l => LabelExpression.IsAny(l));

    /// <summary>Copies anywhere.</summary>
    public static WantedCopies Anywhere(int count) => Of(StorageMode.Copies(count), LabelsMode.Standard, uniqueAddresses: false);

    /// <summary>What an existing chunk of a class should have (chunkserver-protocol 6); null = the class does not exist: nothing is done then.</summary>
    /// <remarks>
    /// A mode with erasure coding comes only from imports. It is kept as so many full copies as may be lost there, plus one, anywhere: the same safety, more space.
    /// </remarks>
    public static WantedCopies? OfExisting(StorageClassRecord? storageClass, bool archived, bool uniqueAddresses) => storageClass is null
        ? null
        : Of(archived && storageClass.Archive.IsDefined ? storageClass.Archive : storageClass.Keep, storageClass.LabelsMode, uniqueAddresses);

    /// <summary>What a new chunk of a class should have.</summary>
    public static WantedCopies? OfNew(StorageClassRecord? storageClass, bool uniqueAddresses) =>
        storageClass is null ? null : Of(storageClass.CreateMode, storageClass.LabelsMode, uniqueAddresses);

    /// <summary>A number that at most one of the chunk's chunkservers may have; different for all when nothing must differ.</summary>
    public ulong GroupOf(ushort server, uint address, uint labels)
    {
        if (Unique == 0)
        {
            return server;
        }

        var byAddress = (Unique & UniqueAddress) != 0 ? address : 0ul;
        return (byAddress << 32) | (labels & Unique & UniqueLabels);
    }

    private static WantedCopies Of(StorageMode mode, LabelsMode ofClass, bool uniqueAddresses)
    {
        const int ChecksumParts = 0xF;
        var unique = (mode.UniqueMask & (UniqueLabels | UniqueAddress)) | (uniqueAddresses ? UniqueAddress : 0);
        if (mode.ErasureCoding != 0)
        {
            return new WantedCopies(StorageMode.Copies((mode.ErasureCoding & ChecksumParts) + 1).Labels, LabelsMode.Loose, unique & UniqueAddress);
        }

        return new WantedCopies(mode.Labels, mode.LabelsMode == LabelsMode.OfClass ? ofClass : mode.LabelsMode, unique);
    }
}

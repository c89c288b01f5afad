using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Quotas;

/// <summary>Limits or usage: objects and bytes.</summary>
/// <param name="Inodes">Objects.</param>
/// <param name="Length">Sum of lengths, bytes.</param>
/// <param name="Size">Bytes occupied by chunks, each once.</param>
/// <param name="RealSize">Bytes occupied by all copies.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct QuotaAmounts(uint Inodes, ulong Length, ulong Size, ulong RealSize)
{
    /// <summary>Usage of a directory.</summary>
    public static QuotaAmounts Of(SubtreeTotals totals) =>
        new((uint)Math.Min(totals.Inodes, uint.MaxValue), (ulong)totals.Length, (ulong)totals.Size, (ulong)totals.RealSize);

    /// <summary>True when an added amount that is not 0 makes the usage exceed a limit that is in force.</summary>
    /// <param name="flags">Limits in force, as soft flags.</param>
    /// <param name="usage">Usage before.</param>
    /// <param name="added">What is added.</param>
    public bool IsExceededBy(QuotaFlags flags, SubtreeTotals usage, in TotalsChange added) =>
        (added.Inodes > 0 && (flags & QuotaFlags.SoftInodes) != 0 && usage.Inodes + added.Inodes > Inodes)
        || (added.Length > 0 && (flags & QuotaFlags.SoftLength) != 0 && (ulong)(usage.Length + added.Length) > Length)
        || (added.Size > 0 && (flags & QuotaFlags.SoftSize) != 0 && (ulong)(usage.Size + added.Size) > Size)
        || (added.RealSize > 0 && (flags & QuotaFlags.SoftRealSize) != 0 && (ulong)(usage.RealSize + added.RealSize) > RealSize);

    /// <summary>True when a usage exceeds a limit that is in force.</summary>
    public bool IsExceeded(QuotaFlags flags, SubtreeTotals usage) =>
        ((flags & QuotaFlags.SoftInodes) != 0 && usage.Inodes > Inodes)
        || ((flags & QuotaFlags.SoftLength) != 0 && (ulong)usage.Length > Length)
        || ((flags & QuotaFlags.SoftSize) != 0 && (ulong)usage.Size > Size)
        || ((flags & QuotaFlags.SoftRealSize) != 0 && (ulong)usage.RealSize > RealSize);

    /// <summary>These limits with those of another set where a flag says so, and 0 where no flag is in force.</summary>
    /// <param name="taken">Limits to take over, as soft flags.</param>
    /// <param name="inForce">Limits in force afterwards, as soft flags.</param>
    /// <param name="other">The other set.</param>
    public QuotaAmounts Merge(QuotaFlags taken, QuotaFlags inForce, in QuotaAmounts other) => new(
        (uint)Choose(QuotaFlags.SoftInodes, taken, inForce, Inodes, other.Inodes),
        Choose(QuotaFlags.SoftLength, taken, inForce, Length, other.Length),
        Choose(QuotaFlags.SoftSize, taken, inForce, Size, other.Size),
        Choose(QuotaFlags.SoftRealSize, taken, inForce, RealSize, other.RealSize));

    private static ulong Choose(QuotaFlags flag, QuotaFlags taken, QuotaFlags inForce, ulong own, ulong other) =>
        (inForce & flag) == 0 ? 0 : (taken & flag) != 0 ? other : own;
}

/// <summary>The quota of a directory (client-protocol 7.6).</summary>
/// <param name="Flags">Limits in force, at least one.</param>
/// <param name="GraceSeconds">How long soft limits may be exceeded; 0 = the default.</param>
/// <param name="Exceeded">True when a soft limit was exceeded for longer: soft limits act as hard ones.</param>
/// <param name="SoftSince">Since when a soft limit is exceeded, Unix seconds; 0 = none is.</param>
/// <param name="Soft">Soft limits.</param>
/// <param name="Hard">Hard limits.</param>
[MemoryPackable]
public sealed partial record QuotaRecord(QuotaFlags Flags, uint GraceSeconds, bool Exceeded, uint SoftSince, QuotaAmounts Soft, QuotaAmounts Hard)
{
    /// <summary>No limits.</summary>
    public static readonly QuotaRecord None = new(QuotaFlags.None, 0, false, 0, default, default);

    private const QuotaFlags SoftFlags = QuotaFlags.SoftInodes | QuotaFlags.SoftLength | QuotaFlags.SoftSize | QuotaFlags.SoftRealSize;
    private const int HardShift = 4;

    /// <summary>Soft limits in force.</summary>
    [MemoryPackIgnore]
    public QuotaFlags SoftInForce => Flags & SoftFlags;

    /// <summary>Hard limits in force, as soft flags.</summary>
    [MemoryPackIgnore]
    public QuotaFlags HardInForce => HardAsSoft(Flags);

    /// <summary>True when there is no room for what is added (mfsmaster/filesystem.c: fsnodes_test_quota_noparents).</summary>
    public bool HasNoRoom(SubtreeTotals usage, in TotalsChange added) =>
        Hard.IsExceededBy(HardInForce, usage, added) || (Exceeded && Soft.IsExceededBy(SoftInForce, usage, added));

    /// <summary>The quota with limits taken over from another one.</summary>
    public QuotaRecord With(QuotaFlags taken, in QuotaAmounts soft, in QuotaAmounts hard, uint graceSeconds)
    {
        var flags = Flags | taken;
        return this with
        {
            Flags = flags,
            GraceSeconds = graceSeconds,
            Soft = Soft.Merge(taken & SoftFlags, flags & SoftFlags, soft),
            Hard = Hard.Merge(HardAsSoft(taken), HardAsSoft(flags), hard),
        };
    }

    /// <summary>The quota without some limits.</summary>
    public QuotaRecord Without(QuotaFlags removed)
    {
        var flags = Flags & ~removed;
        return this with
        {
            Flags = flags,
            Soft = Soft.Merge(QuotaFlags.None, flags & SoftFlags, default),
            Hard = Hard.Merge(QuotaFlags.None, HardAsSoft(flags), default),
        };
    }

    /// <summary>The quota as it is at a time (mfsmaster/filesystem.c: fsnodes_check_quotanode); the same object if nothing changes.</summary>
    public QuotaRecord At(SubtreeTotals usage, uint defaultGrace, uint now)
    {
        var since = Soft.IsExceeded(SoftInForce, usage) ? SoftSince == 0 ? now : SoftSince : 0;
        var exceeded = since != 0 && since + (ulong)(GraceSeconds == 0 ? defaultGrace : GraceSeconds) < now;
        return since == SoftSince && exceeded == Exceeded ? this : this with { SoftSince = since, Exceeded = exceeded };
    }

    private static QuotaFlags HardAsSoft(QuotaFlags flags) => (QuotaFlags)((byte)flags >> HardShift);
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Quotas;

/// <summary>
/// QUOTACONTROL that sets or removes limits of a directory (client-protocol 3.5; mfsmaster/filesystem.c: fs_quotacontrol). Whether the session's root user is
/// remapped (EACCES) is the gateway's business.
/// <para>Errors: EROFS, EPERM (not an administrator, not a directory, meta session), ENOENT.</para>
/// </summary>
[MemoryPackable]
public sealed partial record SetQuota : Command
{
    /// <summary>In <see cref="GraceSeconds"/>: leave the grace period as it is.</summary>
    public const uint KeepGrace = 0xFFFF_FFFF;

    /// <summary>The directory, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Limits to set or to remove.</summary>
    public required QuotaFlags Flags { get; init; }

    /// <summary>True: the named limits are removed.</summary>
    public bool Removes { get; init; }

    /// <summary>How long soft limits may be exceeded; 0 = the default, <see cref="KeepGrace"/> = unchanged.</summary>
    public uint GraceSeconds { get; init; } = KeepGrace;

    /// <summary>Soft limits.</summary>
    public QuotaAmounts Soft { get; init; }

    /// <summary>Hard limits.</summary>
    public QuotaAmounts Hard { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    private bool Changes => Flags != QuotaFlags.None || GraceSeconds != KeepGrace;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = !Changes ? StatusCode.Ok
            : Caller.Has(SessionFlags.ReadOnly) ? StatusCode.ERofs
            : Caller.Has(SessionFlags.Admin) ? StatusCode.Ok
            : StatusCode.EPerm;
        var number = 0u;
        if (status == StatusCode.Ok)
        {
            status = GetQuota.Find(state, Inode, Caller, out number);
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var quota = state.Quotas.Get(number);
        if (Removes)
        {
            state.SetQuota(number, quota?.Without(Flags) is { Flags: not QuotaFlags.None } left ? left : null);
        }
        else if (Flags != QuotaFlags.None || (Changes && quota is not null))
        {
            quota ??= QuotaRecord.None;
            state.SetQuota(number, quota.With(Flags, Soft, Hard, GraceSeconds == KeepGrace ? quota.GraceSeconds : GraceSeconds));
        }

        return GetQuota.Answer(state, number);
    }
}

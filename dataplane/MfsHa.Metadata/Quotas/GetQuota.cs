using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Quotas;

/// <summary>QUOTACONTROL that only reads (client-protocol 3.5; mfsmaster/filesystem.c: fs_quotacontrol). ENOENT, EPERM (not a directory, meta session).</summary>
/// <param name="Inode">The directory, as the session calls it.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetQuota(uint Inode, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Find(state, Inode, Caller, out var number);
        return status == StatusCode.Ok ? Answer(state, number) : StatusReply.Of(status);
    }

    internal static StatusCode Find(NamespaceState state, uint named, Caller caller, out uint number)
    {
        number = 0;
        if (caller.RootInode == 0)
        {
            return StatusCode.EPerm;
        }

        if (!SessionView.TryFind(caller, state, named, out number, out var inode))
        {
            return StatusCode.ENoEnt;
        }

        return inode.IsDirectory ? StatusCode.Ok : StatusCode.EPerm;
    }

    internal static QuotaReply Answer(NamespaceState state, uint number)
    {
        var usage = QuotaAmounts.Of(state.Totals.Require(number));
        if (state.Quotas.Get(number) is not { } quota)
        {
            return new QuotaReply(QuotaRecord.None, 0, false, usage);
        }

        var isDefault = quota.GraceSeconds == 0;
        return new QuotaReply(quota, isDefault ? state.Settings.QuotaGraceSeconds : quota.GraceSeconds, isDefault, usage);
    }
}

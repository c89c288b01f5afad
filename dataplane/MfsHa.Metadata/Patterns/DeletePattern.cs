using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Patterns;

/// <summary>PATTERN_DELETE (client-protocol 3.6; mfsmaster/patterns.c: patterns_delete). EPERM_NOTADMIN, NOSUCHPATTERN.</summary>
/// <param name="Glob">Its pattern of names.</param>
/// <param name="Uid">Its user.</param>
/// <param name="Gid">Its group.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record DeletePattern(Name Glob, uint Uid, uint Gid, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var status = ClassRules.WhyNotAdministrator(Caller);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        return state.KeepPatterns(p => !p.IsAboutTheSame(Glob, Uid, Gid)) ? StatusReply.Ok : StatusReply.Of(StatusCode.NoSuchPattern);
    }
}

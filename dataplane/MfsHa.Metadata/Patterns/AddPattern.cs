using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Patterns;

/// <summary>
/// PATTERN_ADD (client-protocol 3.6; mfsmaster/patterns.c: patterns_add). EPERM_NOTADMIN, NOSUCHCLASS, EINVAL (no name, or attributes that contradict each other),
/// PATTERNEXISTS, PATLIMITREACHED.
/// </summary>
/// <param name="Pattern">The pattern; the id of its class is found here.</param>
/// <param name="ClassName">Name of its storage class, if that applies.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record AddPattern(NamePattern Pattern, Name ClassName, Caller Caller) : EverywhereCommand
{
    /// <inheritdoc/>
    public override Reply ExecuteHere(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var storageClass);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.NamePatterns = state.NamePatterns.With(Pattern with { StorageClass = storageClass });
        return StatusReply.Ok;
    }

    private StatusCode WhyNot(NamespaceState state, out byte storageClass)
    {
        storageClass = 0;
        var status = ClassRules.WhyNotAdministrator(Caller);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if ((Pattern.Applies & PatternSettings.StorageClass) != 0)
        {
            if (state.FindStorageClass(ClassName) is not { } found)
            {
                return StatusCode.NoSuchClass;
            }

            storageClass = found.Id;
        }

        var changesNothing = (Pattern.Sets | Pattern.Clears) == 0 || (Pattern.Sets & Pattern.Clears) != 0;
        if (Pattern.Glob.Length == 0 || ((Pattern.Applies & PatternSettings.ExtraAttributes) != 0 && changesNothing))
        {
            return StatusCode.EInval;
        }

        var known = state.NamePatterns.Patterns;
        return Array.Exists(known, p => p.IsAboutTheSame(Pattern.Glob, Pattern.Uid, Pattern.Gid)) ? StatusCode.PatternExists
            : known.Length >= PatternTable.MostPatterns ? StatusCode.PatternLimitReached
            : StatusCode.Ok;
    }
}

using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>What a session may do at all.</summary>
internal static class CallerRules
{
    /// <summary>EPERM for what the export disables, EROFS for a read-only session, otherwise <see cref="StatusCode.Ok"/>.</summary>
    public static StatusCode WhyNotChange(this Caller caller, DisabledOperations operation)
    {
        if (caller.MayNot(operation))
        {
            return StatusCode.EPerm;
        }

        return caller.Has(SessionFlags.ReadOnly) ? StatusCode.ERofs : StatusCode.Ok;
    }
}

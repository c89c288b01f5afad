using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Restores;

/// <summary>Phases of an <see cref="V1MfsHaRestore"/>, in their order.</summary>
public static class RestorePhase
{
    /// <summary>Not begun.</summary>
    public const string Pending = "Pending";

    /// <summary>The backup is verified, before anything is touched.</summary>
    public const string Checking = "Checking";

    /// <summary>The nodes stop.</summary>
    public const string Stopping = "Stopping";

    /// <summary>Their data are set aside, and new ones put in their place.</summary>
    public const string Replacing = "Replacing";

    /// <summary>They start, and are looked at.</summary>
    public const string Starting = "Starting";

    /// <summary>The new state serves.</summary>
    public const string Completed = "Completed";

    /// <summary>The data could not be replaced: the former ones are put back.</summary>
    public const string Reverting = "Reverting";

    /// <summary>The nodes start on the former data.</summary>
    public const string Restarting = "Restarting";

    /// <summary>It could not be done.</summary>
    public const string Failed = "Failed";

    /// <summary>Over.</summary>
    public static bool IsOver(V1MfsHaRestore restore) => restore.Status?.Phase is Completed or Failed;

    /// <summary>Begun, and not over.</summary>
    public static bool IsUnderWay(V1MfsHaRestore restore) => restore.Status?.Phase is Checking or Stopping or Replacing or Starting or Reverting or Restarting;

    /// <summary>No node may run.</summary>
    public static bool StopsNodes(V1MfsHaRestore restore) => restore.Status?.Phase is Stopping or Replacing or Reverting;

    /// <summary>A volume may be half replaced: it has to go on, whoever wants it gone.</summary>
    public static bool IsHalfDone(V1MfsHaRestore restore) => restore.Status?.Phase is Replacing or Reverting;
}

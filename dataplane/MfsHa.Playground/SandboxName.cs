using System.Globalization;

namespace MfsHa.Playground;

/// <summary>
/// The name of a sandbox's folder, <c>PREFIX-OWNER-NUMBER</c>; its namespaces are called <c>PREFIX-OWNER-NUMBER-HOST</c>. The owner is the
/// process that made it, so a name tells whether anybody still cares.
/// </summary>
public sealed record SandboxName(string Prefix, string Owner, int Number)
{
    private static int counter;

    /// <summary>A new name of this process.</summary>
    public static SandboxName Next(string prefix) => new(prefix, OwnerTag.OfThisProcess(), Interlocked.Increment(ref counter));

    /// <summary>Reads the name of a folder or a namespace; null when it is something else.</summary>
    public static SandboxName? TryParse(string prefix, string name)
        => name.StartsWith($"{prefix}-", StringComparison.Ordinal)
            && name[(prefix.Length + 1)..].Split('-') is [var owner, var number, ..]
            && int.TryParse(number, CultureInfo.InvariantCulture, out var parsed)
                ? new SandboxName(prefix, owner, parsed)
                : null;

    /// <summary>Whether the process that made it is gone.</summary>
    public bool IsOrphan => !OwnerTag.IsAlive(Owner);

    public override string ToString() => $"{Prefix}-{Owner}-{Number}";
}

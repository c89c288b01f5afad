namespace MfsHa.Metadata.Kernel;

/// <summary>
/// The state contradicts itself. The replica must stop: going on would spread the damage. Checked in every build.
/// </summary>
public sealed class InvariantException(string message) : Exception(message);

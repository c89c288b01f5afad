namespace MfsHa.Demo;

/// <summary>What a user may choose.</summary>
/// <param name="Keep">Leave everything running at the end of a run that went well, and say how to use it.</param>
/// <param name="Rounds">How often whoever leads is killed, one after the other; 1 and up.</param>
/// <param name="Release">Major version of the MooseFS programs, 3 or 4; null: those that PATH finds.</param>
/// <param name="Directory">Where the demo makes its folder; null: the directory for temporary files.</param>
public sealed record DemoOptions(bool Keep, int Rounds, int? Release, string? Directory);

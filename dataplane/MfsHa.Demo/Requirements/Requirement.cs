namespace MfsHa.Demo.Requirements;

/// <summary>Something that the demo needs and that is missing here.</summary>
/// <param name="Missing">What.</param>
/// <param name="Remedy">How to get it.</param>
public sealed record Requirement(string Missing, string Remedy);

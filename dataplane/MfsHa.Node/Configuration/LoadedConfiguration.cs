namespace MfsHa.Node.Configuration;

/// <summary>A configuration that was read without errors.</summary>
/// <param name="Node">The typed values.</param>
/// <param name="Values">The same with texts and origins.</param>
/// <param name="Warnings">What is accepted but should be said: unknown consequences, ignored keys, doubled keys.</param>
public sealed record LoadedConfiguration(NodeConfiguration Node, ConfigurationValues Values, IReadOnlyList<string> Warnings);

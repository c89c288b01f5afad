namespace MfsHa.Node.Configuration;

/// <summary>One <c>KEY = value</c>.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">Its text, without white space around it.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record ConfigurationEntry(string Name, string Value, ConfigurationOrigin Origin);

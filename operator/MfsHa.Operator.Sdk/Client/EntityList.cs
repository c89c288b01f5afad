namespace MfsHa.Operator.Sdk.Client;

/// <summary>A complete list.</summary>
/// <param name="Version">From here on a watch goes.</param>
/// <param name="Items">The objects.</param>
public sealed record EntityList<T>(string Version, IReadOnlyList<T> Items);

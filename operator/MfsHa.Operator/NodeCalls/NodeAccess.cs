namespace MfsHa.Operator.NodeCalls;

/// <summary>Where nodes are, and what is shown to them.</summary>
/// <param name="Addresses">Addresses of their pods.</param>
/// <param name="Token">The cluster's token.</param>
public sealed record NodeAccess(IReadOnlyList<string> Addresses, string? Token)
{
    /// <summary>Never shows the token.</summary>
    public override string ToString() => string.Join(',', Addresses);
}

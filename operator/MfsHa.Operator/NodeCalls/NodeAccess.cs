using MfsHa.Security;

namespace MfsHa.Operator.NodeCalls;

/// <summary>Where nodes are, and what is shown to them.</summary>
/// <param name="Addresses">Addresses of their pods; with TLS their names, which their certificates have.</param>
/// <param name="Token">The cluster's token.</param>
/// <param name="Tls">CAs and the own certificate; null: they are called without TLS.</param>
public sealed record NodeAccess(IReadOnlyList<string> Addresses, string? Token, TlsCredentials? Tls)
{
    /// <summary>Never shows the token.</summary>
    public override string ToString() => string.Join(',', Addresses);
}

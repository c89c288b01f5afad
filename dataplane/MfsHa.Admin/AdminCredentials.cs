using MfsHa.Security;

namespace MfsHa.Admin;

/// <summary>What a caller shows to nodes.</summary>
/// <param name="Tls">CAs that are believed, and the own certificate; null: the nodes are called without TLS.</param>
/// <param name="Token">The token; null for none.</param>
public sealed record AdminCredentials(TlsCredentials? Tls, string? Token)
{
    /// <summary>Shows nothing.</summary>
    public static AdminCredentials None { get; } = new(null, null);

    /// <summary>Never shows the token.</summary>
    public override string ToString() => $"TLS {(Tls is null ? "off" : "on")}, token {(Token is null ? "none" : "given")}";
}

using System.Net.Security;
using System.Text;
using MfsHa.Security;

namespace MfsHa.Node.Admin;

/// <summary>
/// Who may call the admin service. With TLS a caller needs a certificate of the cluster's CAs, with a token the header "authorization: Bearer TOKEN"; with both, both. The pages for probes
/// and Prometheus are open to everybody who reaches the port: they change nothing, and tell health and numbers only.
/// </summary>
/// <param name="tls">Certificate and CAs; null without TLS.</param>
/// <param name="token">The token.</param>
public sealed class AdminGate(WatchedFiles<TlsCredentials>? tls, Func<SharedToken> token)
{
    /// <summary>The header with the token.</summary>
    public const string Header = "authorization";

    private const string Scheme = "Bearer ";

    /// <summary>Lets everybody in.</summary>
    public static AdminGate Open { get; } = new(null, static () => SharedToken.None);

    /// <summary>True when the port speaks TLS only.</summary>
    public bool IsTls => tls is not null;

    /// <summary>For the next connection. One without a certificate gets as far as the open pages.</summary>
    public SslServerAuthenticationOptions TlsOptions()
    {
        SslServerAuthenticationOptions options = (tls ?? throw new InvalidOperationException("no TLS")).Current.ServerOptions(allowNone: true);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        return options;
    }

    /// <summary>Why a call is refused, for the caller; null when it is let in.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="hasCertificate">True when its connection has shown a certificate of the cluster's CAs.</param>
    public string? Refusal(Grpc.Core.Metadata headers, bool hasCertificate)
    {
        if (IsTls && !hasCertificate)
        {
            return "this cluster wants a certificate of its CA (--tls-cert, --tls-key), and the call comes without";
        }

        string shown = headers.GetValue(Header) ?? "";
        return token().Judge(shown.StartsWith(Scheme, StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(shown[Scheme.Length..]) : []) switch
        {
            null => null,
            TokenRefusal.Missing => "this cluster wants a token (--token-file), and the call comes without",
            _ => "the token is not the one of this cluster (--token-file)",
        };
    }
}

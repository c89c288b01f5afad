using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MfsHa.EndToEnd.Tests.Kubernetes;

/// <summary>The TLS side of nodes' admin services, from outside the cluster.</summary>
internal static class AdminDoor
{
    private const int Port = 9431;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Hash of the certificate that a node shows now; null: nobody listens.</summary>
    public static async Task<string?> ShownByAsync(string address)
    {
        string? shown = null;
        _ = await KnockAsync(address, certificate: null, c => shown = c?.GetCertHashString());
        return shown;
    }

    /// <summary>Whether a node talks to who shows this certificate.</summary>
    public static Task<bool> LetsInAsync(string address, X509Certificate2 certificate) => KnockAsync(address, certificate, static _ => { });

    [SuppressMessage("Security", "CA5359", Justification = "Which certificate is shown is what is asked; nothing secret is sent.")]
    private static async Task<bool> KnockAsync(string address, X509Certificate2? certificate, Action<X509Certificate?> shown)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limited.CancelAfter(_limit);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Parse(address), Port, limited.Token);
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ClientCertificates = certificate is null ? null : new X509CertificateCollection { certificate },
                    RemoteCertificateValidationCallback = (_, seen, _, _) =>
                    {
                        shown(seen);
                        return true;
                    },
                },
                limited.Token);

            // With TLS 1.3 a client hears only with the first answer that its certificate was refused.
            await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), limited.Token);
            var answer = new byte[64];
            int length = await stream.ReadAsync(answer, limited.Token);
            return Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            return false;
        }
    }
}

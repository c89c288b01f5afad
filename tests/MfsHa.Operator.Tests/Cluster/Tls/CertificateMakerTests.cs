using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Security;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster.Tls;

/// <summary>Certificates as they are made, judged by what judges them in nodes.</summary>
public sealed class CertificateMakerTests
{
    private static readonly DateTimeOffset _from = DateTimeOffset.UtcNow - TimeSpan.FromHours(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_and_clients_with_them_believe_each_other_by_the_names_of_pods()
    {
        KeyedCertificate authority = MakeAuthority();
        TlsCredentials own = Credentials(authority, authority);
        await MeetAsync(own, own, "c-0.c-nodes.ns.svc");
        await MeetAsync(own, own, "localhost");
        _ = await Assert.ThrowsAnyAsync<AuthenticationException>(() => MeetAsync(own, own, "c-0.c-nodes.other.svc"));
    }

    [Fact]
    public async Task While_two_CAs_are_trusted_certificates_of_both_are_good_and_of_a_third_are_not()
    {
        (KeyedCertificate old, KeyedCertificate next, KeyedCertificate third) = (MakeAuthority(), MakeAuthority(), MakeAuthority());
        await MeetAsync(Credentials(old, old, next), Credentials(next, old, next), "localhost");
        await MeetAsync(Credentials(next, old, next), Credentials(old, old, next), "localhost");
        _ = await Assert.ThrowsAnyAsync<AuthenticationException>(() => MeetAsync(Credentials(third, old, next), Credentials(old, old, next), "localhost"));
    }

    [Fact]
    public void A_certificate_ends_with_its_CA_at_the_latest()
    {
        KeyedCertificate authority = MakeAuthority();
        KeyedCertificate issued = CertificateMaker.Issue(new CertificateOrder("c", ["localhost"], _from, _from + TimeSpan.FromDays(1000)), authority);
        Assert.Equal(authority.Facts.NotAfter, issued.Facts.NotAfter);
        Assert.Equal(authority.Facts.KeyId, issued.Facts.IssuerKeyId);
    }

    private static KeyedCertificate MakeAuthority() => CertificateMaker.MakeAuthority(new CertificateOrder("c CA", [], _from, _from + TimeSpan.FromDays(30)));

    private static TlsCredentials Credentials(KeyedCertificate issuer, params KeyedCertificate[] trusted)
    {
        KeyedCertificate own = CertificateMaker.Issue(new CertificateOrder("c", ["*.c-nodes.ns.svc", "localhost"], _from, _from + TimeSpan.FromDays(1)), issuer);
        return TlsCredentials.Read(
            new TlsFiles("ca.crt", "tls.crt", "tls.key"), [.. new[] { string.Concat(trusted.Select(static t => t.Certificate)), own.Certificate, own.Key }.Select(Encoding.ASCII.GetBytes)]);
    }

    private static async Task MeetAsync(TlsCredentials client, TlsCredentials server, string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);
        using TcpClient accepted = await listener.AcceptTcpClientAsync(Cancellation);
        await using var one = new SslStream(socket.GetStream());
        await using var other = new SslStream(accepted.GetStream());
        Task serving = other.AuthenticateAsServerAsync(server.ServerOptions(), Cancellation);
        try
        {
            await one.AuthenticateAsClientAsync(client.ClientOptions(host), Cancellation);
        }
        catch (AuthenticationException)
        {
            socket.Close();
            _ = await Record.ExceptionAsync(() => serving);
            throw;
        }

        // With TLS 1.3 a client hears of a refusal of its certificate only afterwards.
        await serving;
    }
}

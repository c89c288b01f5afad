using System.Net.Security;
using System.Net.Sockets;
using MfsHa.Security;

namespace MfsHa.NodeLink.Transport;

/// <summary>
/// Mutual TLS between nodes: each side's certificate is signed by one of the CAs, and that of the side that is called names the host that MFSHA_PEERS gives for it. Certificates are
/// those of the files at the time of the handshake; connections that exist stay.
/// </summary>
public sealed class TlsLink(WatchedFiles<TlsCredentials> credentials, Func<SharedToken>? token = null) : ILinkSecurity
{
    /// <summary>First byte of TLS: a record with a handshake (RFC 8446, 5.1).</summary>
    private const byte HandshakeRecord = 22;

    /// <inheritdoc/>
    public SharedToken Token => token?.Invoke() ?? SharedToken.None;

    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync(Stream connection, CancellationToken cancellation)
    {
        // Nothing is made for a connection before its first byte, and one that does not speak TLS is told so.
        if (await PeekAsync(connection, cancellation).ConfigureAwait(false) is not { } first)
        {
            return connection;
        }

        if (first != HandshakeRecord)
        {
            throw new LinkRefusedException(LinkRefusal.TlsWanted, "it does not speak TLS, and this node wants TLS (MFSHA_TLS_ENABLE)");
        }

        var secure = new SslStream(connection);
        try
        {
            await secure.AuthenticateAsServerAsync(credentials.Current.ServerOptions(), cancellation).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(Stream connection, NodeAddress peer, CancellationToken cancellation)
    {
        var secure = new SslStream(connection);
        try
        {
            await secure.AuthenticateAsClientAsync(credentials.Current.ClientOptions(peer.Host), cancellation).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Stream Connect(Stream connection, NodeAddress peer)
    {
        var secure = new SslStream(connection);
        try
        {
            secure.AuthenticateAsClient(credentials.Current.ClientOptions(peer.Host));
            return secure;
        }
        catch
        {
            secure.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string WhyRefused() => credentials.Current.OwnFlaw() ?? "it may not believe this node's certificate; its log says why";

    /// <summary>Null when the connection ends before its first byte.</summary>
    private static async ValueTask<byte?> PeekAsync(Stream connection, CancellationToken cancellation)
    {
        var first = new byte[1];
        try
        {
            return await ((NetworkStream)connection).Socket.ReceiveAsync(first, SocketFlags.Peek, cancellation).ConfigureAwait(false) == 0 ? null : first[0];
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

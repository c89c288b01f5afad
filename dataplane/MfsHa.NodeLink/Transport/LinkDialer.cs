using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using MfsHa.Security;

namespace MfsHa.NodeLink.Transport;

/// <summary>Opens connections to peers: resolves the name, connects, secures, sends the preface.</summary>
internal sealed class LinkDialer(NodeLinkOptions options, INodeDirectory directory, ILinkSecurity security, TimeProvider time)
{
    /// <summary>Connects within <see cref="NodeLinkOptions.ConnectTimeout"/>. Throws <see cref="PeerUnavailableException"/> or <see cref="OperationCanceledException"/>.</summary>
    public async ValueTask<LinkConnection> ConnectAsync(NodeId peer, LinkKind kind, ushort channel, uint incarnation, CancellationToken cancellation)
    {
        var address = Find(peer);
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var socket = NewSocket();
        try
        {
            var ip = await ResolveAsync(address, linked.Token).ConfigureAwait(false);
            await socket.ConnectAsync(new IPEndPoint(ip, address.Port), linked.Token).ConfigureAwait(false);
            var stream = await security.ConnectAsync(new NetworkStream(socket, ownsSocket: true), address, linked.Token).ConfigureAwait(false);
            var preface = new Preface(kind, channel, options.Self, peer, incarnation);
            await stream.WriteAsync((preface with { Token = security.Token.Own, Formats = options.Formats.Range }).ToArray(), linked.Token).ConfigureAwait(false);
            return new LinkConnection(socket, stream, preface);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && cancellation.IsCancellationRequested)
                throw;
            if (e is OperationCanceledException)
                throw new PeerUnavailableException(peer, $"no connection within {options.ConnectTimeout.TotalMilliseconds} ms", e);
            if (e is SocketException or IOException or AuthenticationException)
                throw new PeerUnavailableException(peer, TlsFailure.ReasonOf(e), e);
            throw;
        }
    }

    /// <summary>
    /// Connects on the calling thread, without the thread pool. <paramref name="connecting"/> gets the socket before it is used:
    /// disposing it from another thread is what ends an attempt that takes too long.
    /// </summary>
    public LinkConnection Connect(NodeId peer, LinkKind kind, Action<Socket> connecting)
    {
        var address = Find(peer);
        var socket = NewSocket();
        try
        {
            connecting(socket);
            var addresses = Dns.GetHostAddresses(address.Host, AddressFamily.InterNetwork);
            if (addresses.Length == 0)
                throw new PeerUnavailableException(peer, $"{address.Host} has no address");
            socket.Connect(new IPEndPoint(addresses[0], address.Port));
            var stream = security.Connect(new NetworkStream(socket, ownsSocket: true), address);
            var preface = new Preface(kind, 0, options.Self, peer, 0);
            stream.Write((preface with { Token = security.Token.Own, Formats = options.Formats.Range }).ToArray());
            return new LinkConnection(socket, stream, preface);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or IOException or ObjectDisposedException or AuthenticationException)
                throw new PeerUnavailableException(peer, TlsFailure.ReasonOf(e), e);
            throw;
        }
    }

    /// <summary>Why a peer may have ended a connection before it answered anything; null when nothing is known.</summary>
    public string? WhyRefused() => security.WhyRefused();

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async ValueTask<IPAddress> ResolveAsync(NodeAddress address, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(address.Host, out var ip))
            return ip;
        // Asked anew each time: in a cluster a restarted node has the same name and another address.
        var addresses = await Dns.GetHostAddressesAsync(address.Host, AddressFamily.InterNetwork, cancellation).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses[0] : throw new PeerUnavailableException(address.Id, $"{address.Host} has no address");
    }

    private NodeAddress Find(NodeId peer) => directory.Find(peer) ?? throw new PeerUnavailableException(peer, "its address is not known");
}

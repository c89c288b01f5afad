using System.Net;
using System.Net.Sockets;
using MfsHa.Node.Configuration;

namespace MfsHa.Node.Hosting;

/// <summary>
/// Tries all ports of a node before it starts. The MooseFS ports open only when the node has joined its cluster, long after whoever started it has gone: he
/// should hear of a port that another program has.
/// </summary>
internal static class PortCheck
{
    /// <summary>Tries the ports.</summary>
    /// <exception cref="IOException">A port cannot be listened on; names the keys.</exception>
    public static async Task RunAsync(NodeConfiguration node, CancellationToken cancellation)
    {
        await TryAsync("BIND_HOST, MFSHA_PORT", node.BindHost, node.Port, cancellation).ConfigureAwait(false);
        await TryAsync("BIND_HOST, MFSHA_ADMIN_PORT", node.BindHost, node.AdminPort, cancellation).ConfigureAwait(false);
        await TryAsync("MATOCL_LISTEN_HOST, MATOCL_LISTEN_PORT", node.Clients.Host, node.Clients.Port, cancellation).ConfigureAwait(false);
        await TryAsync("MATOCS_LISTEN_HOST, MATOCS_LISTEN_PORT", node.ChunkServers.Host, node.ChunkServers.Port, cancellation).ConfigureAwait(false);
        await TryAsync("MATOML_LISTEN_HOST, MATOML_LISTEN_PORT", node.Metaloggers.Host, node.Metaloggers.Port, cancellation).ConfigureAwait(false);
    }

    private static async Task TryAsync(string keys, string host, int port, CancellationToken cancellation)
    {
        try
        {
            IPAddress address = await ListenAddress.ResolveAsync(host, cancellation).ConfigureAwait(false);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new IOException($"{keys}: cannot listen on {host}:{port}: {e.Message}", e);
        }
    }
}

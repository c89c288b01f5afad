using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Liveness;

/// <summary>Answers the pings of peers, each connection by a thread of its own; one connection per sender, the newest counts.</summary>
internal sealed class EchoServer(ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, LinkConnection> _connections = [];

    public void Serve(LinkConnection connection)
    {
        LinkConnection? former;
        lock (_lock)
        {
            _connections.Remove(connection.Preface.Sender, out former);
            _connections.Add(connection.Preface.Sender, connection);
        }

        former?.Abort();
        new Thread(() => Echo(connection)) { IsBackground = true, Name = $"echo {connection.Preface.Sender}", Priority = ThreadPriority.AboveNormal }.Start();
    }

    private void Echo(LinkConnection connection)
    {
        Span<byte> ping = stackalloc byte[PeerProbe.PingLength];
        var reason = "the peer closed the connection";
        var isCutOff = false;
        try
        {
            int read;
            while ((read = connection.Stream.ReadAtLeast(ping, ping.Length, throwOnEndOfStream: false)) == ping.Length)
                connection.Stream.Write(ping);
            isCutOff = read > 0;
        }
        catch (Exception e)
        {
            // No end of a connection may do more harm.
            reason = e.Message;
        }
        finally
        {
            connection.Abort();
            if (isCutOff)
                NodeLinkLog.PingCutOff(logger, connection.Preface.Sender, connection.Remote);
            else
                NodeLinkLog.EchoEnded(logger, connection.Preface.Sender, connection.Remote, reason);
            lock (_lock)
            {
                if (_connections.TryGetValue(connection.Preface.Sender, out var current) && current == connection)
                    _connections.Remove(connection.Preface.Sender);
            }
        }
    }
}

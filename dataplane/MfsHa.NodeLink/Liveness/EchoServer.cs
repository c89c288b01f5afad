using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Liveness;

/// <summary>Answers the pings of peers, each connection by a thread of its own; one connection per sender, the newest counts.</summary>
internal sealed class EchoServer
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
        try
        {
            while (true)
            {
                connection.Stream.ReadExactly(ping);
                connection.Stream.Write(ping);
            }
        }
        catch (Exception)
        {
            // The usual end is that the peer went away or opened a newer connection, and its own monitor logs why; no other end may do more harm.
            connection.Abort();
        }
        finally
        {
            lock (_lock)
            {
                if (_connections.TryGetValue(connection.Preface.Sender, out var current) && current == connection)
                    _connections.Remove(connection.Preface.Sender);
            }
        }
    }
}

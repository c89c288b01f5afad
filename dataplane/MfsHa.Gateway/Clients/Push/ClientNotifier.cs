using MfsHa.Cluster.Push;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Push;

/// <summary>
/// Delivers pushes to the sessions that are connected here (client-protocol 3.8), each in the shape of the client's version. A client that does not
/// know a push is not sent it: an unknown one makes it drop the link.
/// </summary>
public sealed class ClientNotifier(SessionTable sessions) : IClientNotifier
{
    /// <inheritdoc/>
    public void Notify(ClientNotification notification)
    {
        if (notification.Kind == ClientNotificationKind.InvalidateChunkCache)
        {
            foreach (var connection in sessions.All)
            {
                if (connection.TakesPushes && connection.Version.TakesInvalidateChunkCache)
                {
                    connection.Write(0, static (ref writer, _) => InvalidateChunkCache.Write(ref writer));
                }
            }

            return;
        }

        foreach (var session in notification.Sessions)
        {
            if (session != notification.ExceptSession
                && sessions.TryGet(session, out var connection)
                && connection.TakesPushes
                && connection.Version.TakesChangePushes)
            {
                Push(connection, notification);
            }
        }
    }

    private static void Push(ClientConnection connection, ClientNotification n)
    {
        switch (n.Kind)
        {
            case ClientNotificationKind.ChunkChanged:
                var changed = new ChunkHasChanged(n.Inode, n.Index, n.Chunk, n.Version, n.Length, n.Truncated, new WrittenRange(n.Offset, n.Size));
                connection.Write((changed, connection.Version), static (ref writer, p) => p.changed.Write(ref writer, p.Version));
                break;
            case ClientNotificationKind.LengthChanged:
                connection.Write(new FileLengthHasChanged(n.Inode, n.Length), static (ref writer, p) => p.Write(ref writer));
                break;
            default:
                connection.End(new ConnectionEnd(EndKind.Failed, $"a notification of kind {n.Kind} is not known"));
                break;
        }
    }
}

using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Push;

/// <summary>Brings notifications for client sessions to every node, since a session may be connected to any.</summary>
public sealed class NotificationRelay
{
    private readonly INodeRpc rpc;
    private readonly INodeDirectory directory;
    private readonly IClientNotifier here;

    /// <summary>Creates the relay and registers its handler.</summary>
    public NotificationRelay(INodeRpc rpc, INodeDirectory directory, IClientNotifier here)
    {
        this.rpc = rpc;
        this.directory = directory;
        this.here = here;
        rpc.Handle(RpcMethod.Push, (_, message, _) =>
        {
            here.Notify(WireFormats.Read<ClientNotification>(message));
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(default);
        });
    }

    /// <summary>
    /// Sends without waiting. A node that is down has no connected sessions; its clients drop what they cached when they reconnect.
    /// </summary>
    public void Send(ClientNotification notification)
    {
        if (notification.Kind != ClientNotificationKind.InvalidateChunkCache && !notification.Sessions.Any(s => s != notification.ExceptSession))
        {
            return;
        }

        byte[]? message = null;
        foreach (var node in directory.Nodes)
        {
            if (node.Id != rpc.Self)
            {
                message ??= MemoryPackSerializer.Serialize(notification);
                rpc.TryPost(node.Id, RpcMethod.Push, message);
            }
        }

        here.Notify(notification);
    }
}

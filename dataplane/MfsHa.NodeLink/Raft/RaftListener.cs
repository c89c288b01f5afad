using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.NodeLink.Raft;

/// <summary>The accepted connections of one group.</summary>
internal sealed class RaftListener(ushort group, NodeEndPoint endPoint, int backlog, Action<RaftListener> ended) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(new BoundedChannelOptions(backlog) { SingleWriter = false, SingleReader = false });

    public ushort Group { get; } = group;

    /// <summary>This node's name as the group knows it.</summary>
    public NodeEndPoint LocalEndPoint { get; } = endPoint;

    EndPoint IConnectionListener.EndPoint => LocalEndPoint;

    /// <summary>False when the backlog is full or the listener has ended.</summary>
    public bool TryAccept(RaftConnection connection) => _accepted.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The contract of IConnectionListener: null after unbinding.
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        ended(this);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var waiting))
            await waiting.DisposeAsync().ConfigureAwait(false);
    }
}

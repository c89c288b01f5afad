using System.Net;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Tests.Support;

/// <summary>One node link on loopback.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public TestNode(ushort id, Func<NodeLinkOptions, NodeLinkOptions>? configure = null, Action<INodeRpc>? handlers = null, ILinkSecurity? security = null)
    {
        var options = new NodeLinkOptions { Self = new NodeId(id), Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        Host = new NodeLinkHost(configure?.Invoke(options) ?? options, Directory, Log, security);
        handlers?.Invoke(Host.Rpc);
        Host.Start();
    }

    public NodeDirectory Directory { get; } = new([]);

    public LogCapture Log { get; } = new();

    public NodeLinkHost Host { get; }

    public NodeId Id => Host.Self;

    public int Port => Host.EndPoint.Port;

    public INodeRpc Rpc => Host.Rpc;

    public bool Sees(ushort peer) => Host.Liveness.IsAlive(new NodeId(peer));

    /// <summary>Tells this node where another is, and waits until it is seen.</summary>
    public async Task MeetAsync(ushort peer, int port)
    {
        Know(peer, port);
        await Eventually.True(() => Sees(peer), $"node {Id} sees node {peer}");
    }

    public void Know(ushort peer, int port) => Directory.Set(new NodeAddress(new NodeId(peer), "127.0.0.1", port));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

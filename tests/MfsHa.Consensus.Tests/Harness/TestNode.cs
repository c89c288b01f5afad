using System.Net;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>One node: its disk stays when the node is stopped or killed, and a new life starts on it.</summary>
internal sealed class TestNode(TestCluster cluster, NodeId id, string directory) : IAsyncDisposable
{
    public const ushort Group = 1;
    private readonly TestDisk _disk = new();
    private NodeLinkHost? _link;
    private ConsensusHost? _host;
    private TestDevice? _device;

    public NodeId Id => id;

    public IPEndPoint? Address { get; private set; }

    public bool IsRunning => _host is not null;

    public ConsensusHost Host => _host ?? throw new InvalidOperationException($"node {id} is down");

    public NodeLinkHost Link => _link ?? throw new InvalidOperationException($"node {id} is down");

    public TestDevice Device => _device ?? throw new InvalidOperationException($"node {id} is down");

    public IShardLog Log { get; private set; } = null!;

    public TestMachine Machine { get; private set; } = null!;

    public NodeEndPoint Member => Host.Self;

    /// <summary>The name under which the node was last known.</summary>
    public NodeEndPoint MemberBefore { get; private set; } = null!;

    /// <summary>How far the node's clock is ahead of the true one.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Opens store and link, so that the node's name is known.</summary>
    public void Open()
    {
        _link = new NodeLinkHost(
            new NodeLinkOptions { Self = id, Listen = new IPEndPoint(IPAddress.Loopback, Address?.Port ?? 0), DeadAfter = cluster.DeadAfter }, cluster.Directory, NullLoggerFactory.Instance);
        _host = ConsensusHost.Open(
            new ConsensusHostOptions { Self = id, Directory = directory, Groups = cluster.Options },
            _link,
            cluster.Loggers,
            new SkewedClock(ClockAhead),
            inner => _device = new TestDevice(inner));
        MemberBefore = _host.Self;
        _link.Start();
        Address = _link.EndPoint;
        cluster.Directory.Set(new NodeAddress(id, "127.0.0.1", Address.Port));
    }

    /// <summary>Opens the group.</summary>
    public async Task JoinAsync(params NodeEndPoint[] initialMembers)
    {
        Machine = new TestMachine(_disk);
        Log = await Host.CreateGroupAsync(Group, initialMembers, Machine, CancellationToken.None);
    }

    public async Task StartAsync()
    {
        Open();
        await JoinAsync();
    }

    /// <summary>An orderly end.</summary>
    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await _link!.DisposeAsync();
            await host.DisposeAsync();
        }
    }

    /// <summary>Like kill -9 with power loss: nothing that was not synced, and nothing of the state that was not flushed, is there afterwards.</summary>
    public async Task KillAsync()
    {
        _device!.PowerOff();
        await StopAsync();
    }

    /// <summary>The state is deleted; the log has to be removed, too.</summary>
    public void Forget() => _disk.Flush(TestState.Empty);

    /// <summary>The disk is replaced by an empty one.</summary>
    public void Wipe()
    {
        _disk.Flush(TestState.Empty);
        Directory.Delete(directory, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        _device?.Release();
        await StopAsync();
    }
}

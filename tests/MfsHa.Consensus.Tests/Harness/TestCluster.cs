using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>Nodes of one group in this process, with real sockets and real disks.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("mfsha-consensus-").FullName;
    private readonly RecordingLoggers _loggers = new();

    public TestCluster(int nodes, ConsensusOptions? options = null)
    {
        Options = options ?? new ConsensusOptions { SyncInterval = TimeSpan.FromMilliseconds(200) };
        for (var i = 1; i <= nodes; i++)
        {
            Add(i);
        }
    }

    public ConsensusOptions Options { get; }

    /// <summary>Silence after which nodes take each other for dead.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    public NodeDirectory Directory { get; } = new([]);

    public List<TestNode> Nodes { get; } = [];

    public ILoggerFactory Loggers => _loggers;

    public IEnumerable<TestNode> Running => Nodes.Where(n => n.IsRunning);

    public static async Task<TestCluster> StartAsync(int nodes = 3, ConsensusOptions? options = null)
    {
        var cluster = new TestCluster(nodes, options);
        await cluster.FormAsync();
        return cluster;
    }

    /// <summary>Starts all nodes as members of the group.</summary>
    public async Task FormAsync()
    {
        Nodes.ForEach(n => n.Open());
        var members = Nodes.Select(n => n.Member).ToArray();
        foreach (var node in Nodes)
        {
            await node.JoinAsync(members);
        }
    }

    public TestNode Add(int id)
    {
        var node = new TestNode(this, new NodeId((ushort)id), Path.Combine(_root, $"node{id}"));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Waits for a node that leads and is ready.</summary>
    public async Task<TestNode> LeaderAsync()
    {
        TestNode? leader = null;
        await PollAsync(() => (leader = Running.FirstOrDefault(n => n.Log.Leadership.IsReady)) is not null, "a leader");
        return leader!;
    }

    /// <summary>Proposes until some leader takes it: the commands of these tests may be executed twice.</summary>
    public async Task<PutResult> PutAsync(string key, string value)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var leader = await LeaderAsync();
            try
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                return await PutAsync(leader, key, value, deadline.Token);
            }
            catch (Exception e) when (Stopwatch.GetElapsedTime(begun) < Patience && e is NotLeaderException or ProposalRejectedException or OperationCanceledException)
            {
                await Task.Delay(2);
            }
        }
    }

    public static async Task<PutResult> PutAsync(TestNode node, string key, string value, CancellationToken cancellation = default) =>
        (PutResult)await node.Log.ProposeAsync(Encoding.UTF8.GetBytes($"{key}={value}"), cancellation);

    /// <summary>Waits until all running nodes have applied the same, and compares.</summary>
    public async Task<TestState> ConvergeAsync()
    {
        var leader = await LeaderAsync();
        await PollAsync(
            () => Running.All(n => n.Machine.AppliedIndex == leader.Machine.AppliedIndex),
            () => "equal applied indexes: " + string.Join(", ", Running.Select(n => $"node {n.Id} at {n.Machine.AppliedIndex} ({n.Log.Leadership})")));
        var state = leader.Machine.State;
        foreach (var node in Running)
        {
            Assert.Equal(state.Hash, node.Machine.State.Hash);
            Assert.Equal(state.Values.Count, node.Machine.State.Values.Count);
        }

        return state;
    }

    public string LogTail => _loggers.Tail();

    public Task PollAsync(Func<bool> condition, string what) => PollAsync(condition, () => what);

    public async Task PollAsync(Func<bool> condition, Func<string> what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
            {
                Assert.Fail($"not in time: {what()}\n{_loggers.Tail()}");
            }

            await Task.Delay(2);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        System.IO.Directory.Delete(_root, recursive: true);
    }
}

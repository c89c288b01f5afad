using MemoryPack;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Formation;

/// <summary>Runs <see cref="FormationRules"/> with real nodes until this node belongs to a cluster.</summary>
public sealed partial class ClusterFormation
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);

    private readonly IdentityFile file;
    private readonly INodeRpc rpc;
    private readonly IReadOnlyCollection<NodeId> configured;
    private readonly bool mayForm;
    private readonly TimeProvider clock;
    private readonly ILogger<ClusterFormation> logger;

    /// <summary>Loads or makes the identity and registers the handler that tells it to other nodes.</summary>
    public ClusterFormation(IdentityFile file, uint incarnation, INodeRpc rpc, IReadOnlyCollection<NodeId> configured, bool mayForm, TimeProvider clock, ILogger<ClusterFormation> logger)
    {
        this.file = file;
        this.rpc = rpc;
        this.configured = configured;
        this.mayForm = mayForm;
        this.clock = clock;
        this.logger = logger;
        Identity = file.LoadOrCreate(rpc.Self, incarnation, Guid.NewGuid);
        rpc.Handle(RpcMethod.Formation, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(MemoryPackSerializer.Serialize(FormationMessage.From(Identity))));
    }

    /// <summary>This node's identity as stored.</summary>
    public NodeIdentity Identity { get; private set; }

    /// <summary>Returns when this node belongs to a cluster, as a founder or as one that waits to be added.</summary>
    public async Task<NodeIdentity> RunAsync(CancellationToken cancellation)
    {
        var lastLog = long.MinValue;
        while (true)
        {
            var answers = Identity.BelongsToCluster ? [] : await AskAllAsync(cancellation).ConfigureAwait(false);
            string reason;
            switch (FormationRules.Next(Identity, configured, answers, Guid.NewGuid, mayForm))
            {
                case FormationStep.Ready ready:
                    Keep(ready.Identity);
                    Log.Member(logger, ready.Identity.Cluster, rpc.Self);
                    return Identity;
                case FormationStep.Join join:
                    Keep(join.Identity);
                    Log.NotMember(logger, join.Identity.Cluster, rpc.Self);
                    return Identity;
                case FormationStep.Wait wait:
                    reason = wait.Reason;
                    break;
                case FormationStep.Refuse refuse:
                    throw new InvalidOperationException(refuse.Reason);
                default:
                    throw new InvalidOperationException("an unknown step of formation");
            }

            if (lastLog == long.MinValue || clock.GetElapsedTime(lastLog) > LogEvery)
            {
                lastLog = clock.GetTimestamp();
                Log.Waiting(logger, reason);
            }

            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks one node who it is; null when it does not answer.</summary>
    public async Task<NodeIdentity?> AskAsync(NodeId node, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(CallDeadline);
        try
        {
            var reply = await rpc.CallAsync(node, RpcMethod.Formation, default, deadline.Token).ConfigureAwait(false);
            return MemoryPackSerializer.Deserialize<FormationMessage>(reply.Span)?.ToIdentity();
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<IReadOnlyCollection<NodeIdentity>> AskAllAsync(CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(configured.Where(n => n != rpc.Self).Select(n => AskAsync(n, cancellation))).ConfigureAwait(false);
        return [.. answers.OfType<NodeIdentity>()];
    }

    private void Keep(NodeIdentity identity)
    {
        if (identity != Identity)
        {
            file.Store(identity);
            Identity = identity;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Node joined cluster {Cluster} as node {Node}")]
        public static partial void Member(ILogger logger, Guid cluster, NodeId node);

        [LoggerMessage(3, LogLevel.Warning, "cluster {Cluster} exists, but this data directory is not part of it yet: node {Node} waits until it is added (mfsha-admin node add, or mfsha --join-cluster)")]
        public static partial void NotMember(ILogger logger, Guid cluster, NodeId node);
    }
}

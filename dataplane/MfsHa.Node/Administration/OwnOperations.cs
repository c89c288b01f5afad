using System.Diagnostics;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.Hosting;
using MfsHa.Consensus;
using MfsHa.Node.Administration.Contents;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Daemon;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Security;
using MfsHa.Storage;

namespace MfsHa.Node.Administration;

/// <summary>Day-2 operations as far as they concern this node itself; asked for by this node's admin service, or by another's.</summary>
internal sealed class OwnOperations(ClusterHost host, RunningConfiguration configuration, Func<TlsCredentials?> tls)
{
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaderPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Says how each is done.</summary>
    public void Register(PeerOperations peers)
    {
        peers.Handle(PeerOperation.Details, GetNodeDetailsRequest.Parser, (_, _) => Task.FromResult(OwnDetails.Of(host, tls())));
        peers.Handle(PeerOperation.Ping, PingNodesRequest.Parser, static (_, _) => Task.FromResult(new PingResult()));
        peers.Handle(PeerOperation.ElectLeaders, ElectLeadersRequest.Parser, (_, cancellation) => ElectLeadersAsync(cancellation));
        peers.Handle(PeerOperation.SpreadOne, RebalanceLeadersRequest.Parser, (_, cancellation) => SpreadOneAsync(cancellation));
        peers.Handle(PeerOperation.Reload, ReloadConfigurationRequest.Parser, (_, cancellation) => ReloadAsync(cancellation));
        peers.Handle(PeerOperation.Configuration, GetConfigurationRequest.Parser, (_, _) => Task.FromResult(Configuration()));
        peers.Handle(PeerOperation.CleanCaches, CleanCachesRequest.Parser, CleanCachesAsync);
        peers.Handle(PeerOperation.CrdtPosition, ReconcileRequest.Parser, (_, _) => Task.FromResult(CrdtPosition()));
        peers.Handle(PeerOperation.PullCrdt, PullCrdtRequest.Parser, (_, cancellation) => PullCrdtAsync(cancellation));
        new OwnContents(host.CrdtContents, CrdtPosition).Register(peers);
    }

    private ushort Self => host.Rpc.Self.Value;

    private async Task<ElectLeadersReply> ElectLeadersAsync(CancellationToken cancellation)
    {
        if (host.Nodes.Nodes.Count < 2)
        {
            throw new NotSupportedException($"node {Self} is alone: nobody else can lead");
        }

        var reply = new ElectLeadersReply();
        foreach (ushort group in host.Led())
        {
            Leadership before = host.LeadershipOf(group);
            await host.HandOverAsync(group, cancellation).ConfigureAwait(false);
            Leadership now = await WaitForLeaderAsync(group, before.Term, cancellation).ConfigureAwait(false);
            reply.Moves.Add(new LeaderMove { Group = group, From = Self, To = now.Leader.Value, Term = (ulong)now.Term });
        }

        return reply;
    }

    private async Task<Leadership> WaitForLeaderAsync(ushort group, long after, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Leadership now = host.LeadershipOf(group);
            if ((now.Term > after && now.Leader != NodeId.None) || Stopwatch.GetElapsedTime(start) > LeaderLimit)
            {
                return now;
            }

            await Task.Delay(LeaderPause, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ElectLeadersReply> SpreadOneAsync(CancellationToken cancellation)
    {
        var reply = new ElectLeadersReply();
        if (await host.SpreadOneAsync(cancellation).ConfigureAwait(false) is var (group, to))
        {
            reply.Moves.Add(new LeaderMove { Group = group, From = Self, To = to.Value });
        }

        return reply;
    }

    private async Task<ReloadResult> ReloadAsync(CancellationToken cancellation)
    {
        ReloadOutcome outcome = await configuration.ReloadAsync(cancellation).ConfigureAwait(false) ?? ReloadOutcome.Refused("the node has not started yet");
        return new ReloadResult
        {
            Node = Self, Done = outcome.Refusal is null, Error = outcome.Refusal ?? "", Changed = { outcome.Changed }, Waiting = { outcome.Waiting },
        };
    }

    private GetConfigurationReply Configuration()
    {
        ConfigurationValues values = configuration.Current.Values;
        var reply = new GetConfigurationReply { Node = Self };
        reply.Values.AddRange(KeySection.All.SelectMany(static s => s.Keys).Select(key => new ConfigurationValue
        {
            Key = key.Name,
            Value = values.TextOf(key.Name) ?? "",
            Origin = values.OriginOf(key).ToString(),
            Needs = key.Reload switch
            {
                ReloadClass.Reload => ChangeNeeds.Reload,
                ReloadClass.Restart => ChangeNeeds.Restart,
                _ => ChangeNeeds.NewCluster,
            },
        }));
        return reply;
    }

    private CrdtPosition CrdtPosition()
    {
        (StreamDigest position, IReadOnlyList<ChunkServerIncarnation> ended) = host.CrdtPosition();
        return CrdtComparison.PositionOf(position, ended);
    }

    private async Task<PullCrdtReply> PullCrdtAsync(CancellationToken cancellation) => new() { Asked = { (await host.PullCrdtAsync(cancellation).ConfigureAwait(false)).Select(static n => (uint)n.Value) } };

    private async Task<CleanResult> CleanCachesAsync(CleanCachesRequest request, CancellationToken cancellation)
    {
        MemoryDetails before = OwnDetails.MemoryOf(host.Figures());
        await OwnThread.RunAsync(
            () =>
            {
                host.CleanCaches(decoded: request.Aggressive);
                if (request.Aggressive)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }

                return true;
            },
            cancellation).ConfigureAwait(false);
        return new CleanResult { Node = Self, Done = true, Before = before, After = OwnDetails.MemoryOf(host.Figures()) };
    }
}

using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;

namespace MfsHa.Cluster.Hosting;

/// <summary>A group's replica on this node with all that works on it.</summary>
/// <param name="Endpoint">The replica as the router calls it.</param>
/// <param name="Store">Its records.</param>
/// <param name="Figures">What is measured of it.</param>
/// <param name="Use">Up to where its state is durable, and how many decoded records it holds.</param>
internal sealed record HostedReplica(IGroupEndpoint Endpoint, GroupStore Store, MeasuredReplica Figures, Func<(long Durable, int Hot)> Use) : IDisposable
{
    /// <summary>What its leader does again and again.</summary>
    public List<LeaderLoop> Loops { get; } = [];

    /// <summary>What listens to it.</summary>
    public List<IDisposable> Parts { get; } = [];

    /// <summary>What it reports.</summary>
    public ReplicaReport Report()
    {
        var log = Endpoint.Log;
        var (durable, hot) = Use();
        var leadership = log.Leadership;
        return new ReplicaReport
        {
            Group = log.Group,
            Leader = leadership.Leader.Value,
            Term = leadership.Term,
            IsReadyLeader = leadership.IsReady,
            Applied = log.AppliedIndex,
            Durable = durable,
            HotRecords = hot,
            Members = [.. log.Members.Select(static m => m.Node.Value)],
        };
    }

    /// <summary>Ends the loops; before the log is closed.</summary>
    public async ValueTask StopAsync()
    {
        foreach (var loop in Loops)
        {
            await loop.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets go of everything; after the log is closed.</summary>
    public void Dispose()
    {
        foreach (var part in Parts)
        {
            part.Dispose();
        }

        Store.Dispose();
    }
}

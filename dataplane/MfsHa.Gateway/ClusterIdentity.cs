using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Gateway;

/// <summary>Who this cluster is, asked once: metaid and masterprocessid never change (design.md 13.3).</summary>
public sealed class ClusterIdentity(IMetadataCluster cluster, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private volatile ClusterRecord? known;

    /// <summary>The identity; null before it was learnt.</summary>
    public ClusterRecord? Known => known;

    /// <summary>The identity; waits until the cluster is formed and its system group has a leader.</summary>
    public async ValueTask<ClusterRecord> GetAsync(CancellationToken cancellation)
    {
        while (known is null)
        {
            try
            {
                if (await cluster.ExecuteAsync(new GetCluster(), cancellation).ConfigureAwait(false) is ClusterReply reply)
                {
                    known = reply.Cluster;
                    break;
                }
            }
            catch (Exception e) when (e is TimeoutException or ProposalRejectedException)
            {
                // No leader yet.
            }

            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }

        return known;
    }
}

using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;

namespace MfsHa.Cluster.Maintenance;

/// <summary>
/// What time does to a shard's namespace: trash expires, unlinked files that nobody has open go, freed inode numbers may be used again, soft quotas run out.
/// Bounded steps through the log.
/// </summary>
public sealed class Housekeeping(ShardEndpoint shard)
{
    private const int StepLimit = 256;
    private const int MaxSteps = 16;

    // Registrations of open files may arrive after the unlink, from other nodes and repeated after a failover (client-protocol 5.3).
    private const uint SustainedGraceSeconds = 60;

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await RepeatAsync(new ExpireTrash(StepLimit), cancellation).ConfigureAwait(false);
        await RepeatAsync(new RemoveSustained(StepLimit, SustainedGraceSeconds), cancellation).ConfigureAwait(false);
        await RepeatAsync(new RecycleInodes(StepLimit), cancellation).ConfigureAwait(false);
        await shard.ProposeIfNeededAsync(new CheckQuotas(), cancellation).ConfigureAwait(false);
    }

    private async Task RepeatAsync(Command command, CancellationToken cancellation)
    {
        for (var step = 0; step < MaxSteps; step++)
        {
            if (await shard.ProposeIfNeededAsync(command, cancellation).ConfigureAwait(false) is not CountReply { Count: StepLimit })
            {
                return;
            }
        }
    }
}

using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.Namespace;

namespace MfsHa.Cluster.Maintenance;

/// <summary>What time does to a shard's namespace: trash expires, unlinked files that nobody has open go. Bounded steps through the log.</summary>
public sealed class Housekeeping(ShardEndpoint shard)
{
    private const int StepLimit = 256;

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await shard.ProposeIfNeededAsync(new ExpireTrash(StepLimit), cancellation).ConfigureAwait(false);
        await shard.ProposeIfNeededAsync(new RemoveSustained(StepLimit), cancellation).ConfigureAwait(false);
    }
}

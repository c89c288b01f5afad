using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Recovery;
using MfsHa.Node.Configuration;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Hosting;

/// <summary>Leaves a note in the data directory when this node ends because its data are damaged, so that the next start has it built anew.</summary>
internal sealed partial class DamageReport(NodeConfiguration node, ClusterHostOptions options, ILogger<DamageReport> logger)
{
    /// <summary>Notes the damage, if the failure is one, and if it is wanted. Never throws: the node ends for another reason already.</summary>
    /// <param name="failure">Why the node ends.</param>
    /// <param name="known">The nodes as far as this one knows them.</param>
    public void Note(Exception failure, IEnumerable<NodeAddress> known)
    {
        if (!node.Consensus.RebuildDamaged || !DamageNote.IsDamage(failure))
        {
            return;
        }

        try
        {
            if (DamageNote.Load(node.DataPath) is not null)
            {
                Log.Again(logger);
            }
            else if (new IdentityFile(node.DataPath).Peek() is { BelongsToCluster: true } identity && identity.Node == options.Self)
            {
                NodeAddress[] addresses = [.. known];
                var own = Array.Find(addresses, n => n.Id == options.Self);
                FormationPeer[] others = [.. addresses.Where(n => n.Id != options.Self).Select(static n => new FormationPeer(n.Id.Value, n.Host, n.Port))];
                new DamageNote(options.Self.Value, identity.Incarnation, identity.Cluster, failure.GetBaseException().Message, own?.Host, own?.Port ?? 0, others).Store(node.DataPath);
                Log.Noted(logger);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.NotNoted(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "the data of this node are damaged; at its next start it is built anew from the others (HA_REBUILD_DAMAGED)")]
        public static partial void Noted(ILogger logger);

        [LoggerMessage(2, LogLevel.Critical, "the data of this node are damaged, as is noted already; at its next start it is built anew from the others, if that is possible then")]
        public static partial void Again(ILogger logger);

        [LoggerMessage(3, LogLevel.Critical, "the data of this node are damaged, and that cannot be noted for the next start: {Reason}")]
        public static partial void NotNoted(ILogger logger, string reason);
    }
}

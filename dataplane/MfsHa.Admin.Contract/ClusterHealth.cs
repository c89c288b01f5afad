namespace MfsHa.Admin.Contract;

/// <summary>The verdict about a cluster. The numbers are exit codes of <c>mfsha-admin status</c>.</summary>
public enum HealthVerdict
{
    /// <summary>All nodes, replicas and leaders are there and level.</summary>
    Healthy = 0,

    /// <summary>Everything is served, but a failure more may change that.</summary>
    Degraded = 1,

    /// <summary>A group has no leader: a part of the namespace, or all of it, is not served.</summary>
    NoQuorum = 2,

    /// <summary>No node answered.</summary>
    Unreachable = 3,
}

/// <summary>What a <see cref="ClusterStatus"/> means. The same for mfsha-admin, the operator and tests.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="NodesOnline">Nodes that answer.</param>
/// <param name="Nodes">Nodes that there should be.</param>
/// <param name="ShardsAvailable">Shards whose leader is online.</param>
/// <param name="Shards">All shards.</param>
/// <param name="LeadersElected">Groups, the system group included, whose leader is online.</param>
/// <param name="Groups">All groups.</param>
/// <param name="ReplicasSynchronized">Replicas that lag by no more than <see cref="MaxLag"/> entries.</param>
/// <param name="Replicas">All replicas.</param>
public sealed record ClusterHealth(
    HealthVerdict Verdict,
    int NodesOnline,
    int Nodes,
    int ShardsAvailable,
    int Shards,
    int LeadersElected,
    int Groups,
    int ReplicasSynchronized,
    int Replicas)
{
    /// <summary>
    /// Entries by which a healthy replica may seem to lag under load: the nodes are asked one after the other, and an entry takes some 20 microseconds.
    /// </summary>
    public const ulong MaxLag = 1000;

    private const uint SystemGroup = 0;

    /// <summary>Whole percent of replicas that are synchronized, rounded down, so that 100 means all.</summary>
    public int SynchronizedPercent => Replicas == 0 ? 0 : 100 * ReplicasSynchronized / Replicas;

    /// <summary>True when the system group has a leader that is online.</summary>
    public bool IsSystemGroupLed => LeadersElected > ShardsAvailable;

    /// <summary>Judges a status.</summary>
    public static ClusterHealth Of(ClusterStatus status)
    {
        HashSet<uint> online = [.. status.Nodes.Where(n => n.Online).Select(n => n.Id)];
        int led = status.Groups.Count(g => online.Contains(g.Leader));
        int replicas = status.Groups.Sum(g => g.Replicas.Count);
        int level = status.Groups.Sum(g => g.Replicas.Count(r => IsSynchronized(g, r)));
        bool isComplete = online.Count == status.Nodes.Count && status.Nodes.All(n => n.Ready) && level == replicas;
        HealthVerdict verdict = led < status.Groups.Count || status.Groups.All(g => g.Group != SystemGroup)
            ? HealthVerdict.NoQuorum
            : isComplete ? HealthVerdict.Healthy : HealthVerdict.Degraded;
        return new ClusterHealth(
            verdict,
            online.Count,
            status.Nodes.Count,
            status.Groups.Count(g => g.Group != SystemGroup && online.Contains(g.Leader)),
            status.Groups.Count(g => g.Group != SystemGroup),
            led,
            status.Groups.Count,
            level,
            replicas);
    }

    /// <summary>True when a replica is online and has applied what is committed, give or take <see cref="MaxLag"/>.</summary>
    public static bool IsSynchronized(GroupStatus group, ReplicaStatus replica) => replica.Online && LagOf(group, replica) <= MaxLag;

    /// <summary>Entries that are committed, or applied anywhere, and that a replica has not applied.</summary>
    public static ulong LagOf(GroupStatus group, ReplicaStatus replica)
    {
        ulong head = Math.Max(group.Committed, group.Replicas.Max(r => r.Applied));
        return head - replica.Applied;
    }
}

using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>How far new nodes are with their share of the replicas.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="Moves">Moves of replicas that were decided by this call.</param>
/// <param name="Obstacle">Why it does not go on; empty when nothing is in the way.</param>
internal sealed record ShareProgress(IReadOnlyList<ShareProgress.NewNode> Nodes, IReadOnlyList<ShareProgress.Moved> Moves, string Obstacle)
{
    /// <summary>All nodes have all that they are to have.</summary>
    public bool IsDone => Nodes.All(static n => n.IsDone);

    /// <summary>Looks at the cluster.</summary>
    /// <param name="named">The nodes.</param>
    /// <param name="decided">What was decided for them.</param>
    /// <param name="migrations">Where replicas are, and are to be.</param>
    /// <param name="status">What nodes are.</param>
    public static ShareProgress Of(IReadOnlyList<uint> named, GiveSharesReply decided, GetMigrationsReply migrations, ClusterStatus status)
    {
        NewNode[] nodes = [.. named.Select(n => NewNode.Of(n, decided.Share, migrations, status.Nodes.FirstOrDefault(s => s.Id == n)))];
        return new ShareProgress(nodes, [.. decided.Moves.Select(static m => new Moved(m.Shard, m.FromNode, m.ToNode))], nodes.Select(static n => n.Obstacle()).FirstOrDefault(static o => o.Length > 0) ?? "");
    }

    /// <summary>A replica that is to move.</summary>
    internal sealed record Moved(uint Shard, uint From, uint To)
    {
        public string ToText() => $"Shard {Shard}: moves from node {From} to node {To}";
    }

    /// <summary>One node.</summary>
    /// <param name="Id">The node.</param>
    /// <param name="State">What it is to the cluster: joining, active, draining, gone.</param>
    /// <param name="Online">It answers.</param>
    /// <param name="Share">Replicas that are its share.</param>
    /// <param name="Placed">Replicas that it is to have.</param>
    /// <param name="Held">Those of them that are members, and whose shards have no other replica to be moved.</param>
    internal sealed record NewNode(uint Id, string State, bool Online, uint Share, int Placed, int Held)
    {
        private static readonly string _joining = StateOf(Membership.Joining);
        private static readonly string _active = StateOf(Membership.Active);

        /// <summary>It has all that it is to have, and that is its share at least.</summary>
        public bool IsDone => State == _active && Online && Placed >= Share && Held == Placed;

        public static NewNode Of(uint id, uint share, GetMigrationsReply migrations, NodeStatus? status)
        {
            ShardMigration[] placed = [.. migrations.Shards.Where(s => s.Wanted.Contains(id))];
            return new NewNode(id, StateOf(status?.Membership ?? Membership.Unspecified), status?.Online == true, share, placed.Length, placed.Count(static s => s.Done));
        }

        /// <summary>Why waiting is in vain; empty when it is not.</summary>
        public string Obstacle() =>
            State != _joining && State != _active ? $"node {Id} {(State == StateOf(Membership.Draining) ? "is drained" : "is no member any more")}"
            : State == _active && Held == Placed && Placed < Share ? $"node {Id} has {Placed} of the {Share} replicas that are its share: somebody has moved others away again"
            : "";

        public string ToText() => $"Node {Id}: {(Online ? State : State + ", DOES NOT ANSWER")}, {Held} of {Math.Max(Share, (uint)Placed)} replicas in place";

        private static string StateOf(Membership membership) => membership == Membership.Unspecified ? "gone" : membership.ToString().ToLowerInvariant();
    }
}

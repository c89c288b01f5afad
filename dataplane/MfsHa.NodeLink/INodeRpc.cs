namespace MfsHa.NodeLink;

/// <summary>
/// Answers one call of a peer. The request's memory is valid until the returned task ends; the reply's must not change after that.
/// An exception becomes a <see cref="RpcException"/> at the caller.
/// </summary>
public delegate ValueTask<ReadOnlyMemory<byte>> RpcHandler(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation);

/// <summary>Requests and one-way messages between nodes, multiplexed over one connection per direction and pair of nodes.</summary>
public interface INodeRpc
{
    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>Registers the handler of a method; once per method, before <c>StartAsync</c>.</summary>
    void Handle(RpcMethod method, RpcHandler handler);

    /// <summary>
    /// Calls <paramref name="to"/> (also this node itself: then the handler runs directly) and returns the reply.
    /// Fails at once with <see cref="PeerUnavailableException"/> when the peer is known to be down, and when its connection breaks
    /// before the reply: then the call may or may not have been executed. The request's memory must not change until the call ends.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation);

    /// <summary>
    /// Sends a message without an answer. Never waits: false when the peer is down or its queue is full; the message is dropped then.
    /// It is copied: its memory may be used again at once. Messages to one peer arrive in order, as long as its connection lives.
    /// </summary>
    bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message);
}

/// <summary>The methods that nodes call at each other. A number is never used for something else.</summary>
public enum RpcMethod : ushort
{
    /// <summary>Executes an operation at the leader of a group (MfsHa.Cluster).</summary>
    Execute = 1,

    /// <summary>Delta of CRDT state (MfsHa.Replication).</summary>
    Delta = 2,

    /// <summary>Digest exchange of CRDT state; the reply holds what the caller lacks (MfsHa.Replication).</summary>
    AntiEntropy = 3,

    /// <summary>A command for a chunkserver that is connected to the called node; the reply is the chunkserver's status (MfsHa.Cluster).</summary>
    ChunkCommand = 4,

    /// <summary>Notifications for client sessions connected to the called node (MfsHa.Cluster).</summary>
    Push = 5,

    /// <summary>One piece of a shard's state for a replica that lags too far behind (MfsHa.Consensus).</summary>
    SnapshotPiece = 6,

    /// <summary>Node status for the admin service (MfsHa.Cluster).</summary>
    Status = 7,

    /// <summary>Adds a member to a group or removes one, at its leader (MfsHa.Cluster).</summary>
    Membership = 9,

    /// <summary>Formation of a new cluster (MfsHa.Cluster).</summary>
    Formation = 8,

    /// <summary>Which of some copies chunkservers that are connected to the called node have at this moment (MfsHa.Cluster).</summary>
    ConfirmCopies = 20,

    /// <summary>A follower asks the leader of a group for a read lease (MfsHa.Consensus).</summary>
    AskLease = 21,

    /// <summary>The leader of a group takes read leases back (MfsHa.Consensus).</summary>
    RecallLease = 22,

    /// <summary>Tells a node that its replica of a group is not what a majority has (MfsHa.Cluster).</summary>
    ReplicaDiffers = 23,

    /// <summary>A call that the called node passes on to a third one, because the caller cannot reach that (<see cref="Rpc.DetourRpc"/>).</summary>
    Relay = 24,

    /// <summary>The leader of a group is about to give leadership away, and wants the called node to stand first (MfsHa.Consensus).</summary>
    Nominate = 25,

    /// <summary>Holds up the commands of groups that the called node leads, for a moment, and lets them go on (MfsHa.Cluster).</summary>
    HoldCommands = 26,

    /// <summary>A day-2 operation that concerns the called node (MfsHa.Node).</summary>
    Administer = 27,

    /// <summary>The calling node asks to be added to the cluster (MfsHa.Cluster).</summary>
    Join = 28,

    /// <summary>Asks whether a data directory was removed from the cluster (MfsHa.Cluster).</summary>
    Retirement = 29,

    /// <summary>A quorum is to be forced: asks a node what it has of all groups, or has it go on with one of them (MfsHa.Cluster).</summary>
    ForceQuorum = 30,

    /// <summary>The leader of a shard wants the called node to have a replica that can be added (MfsHa.Cluster).</summary>
    InviteReplica = 31,

    /// <summary>Asks the leader of a shard whether a replica is certainly no member (MfsHa.Cluster).</summary>
    AskMember = 32,

    /// <summary>A group's records as they are at a mark, for a node that has no replica of it (MfsHa.Cluster).</summary>
    ShipView = 33,

    /// <summary>What the called node is: the format levels that it reads, its release, its region (MfsHa.Cluster).</summary>
    Introduce = 34,
}

using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Formats;

/// <summary>Asks nodes who they are, and answers that question.</summary>
public sealed class Introductions
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private readonly INodeRpc rpc;
    private readonly Introduction own;

    /// <summary>Registers the handler.</summary>
    public Introductions(INodeRpc rpc, Introduction own)
    {
        this.rpc = rpc;
        this.own = own;
        var answer = MemoryPackSerializer.Serialize(own);
        rpc.Handle(RpcMethod.Introduce, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(answer));
    }

    /// <summary>What this node answers.</summary>
    public Introduction Own => own;

    /// <summary>A node's answer; null when it does not answer, or is of a release that does not know the question.</summary>
    public async Task<Introduction?> AskAsync(NodeId node, CancellationToken cancellation)
    {
        if (node == rpc.Self)
        {
            return own;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(CallDeadline);
        try
        {
            return WireFormats.Read<Introduction>(await rpc.CallAsync(node, RpcMethod.Introduce, default, deadline.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException or FormatException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>What an answer announces.</summary>
    public static NodeFormats FormatsOf(NodeId node, Introduction answer) => new()
    {
        Node = node.Value,
        Incarnation = answer.Incarnation,
        Oldest = answer.OldestFormat,
        Newest = answer.NewestFormat,
        Release = answer.Release.Length <= NodeFormats.MaxReleaseLength ? answer.Release : answer.Release[..NodeFormats.MaxReleaseLength],
    };
}

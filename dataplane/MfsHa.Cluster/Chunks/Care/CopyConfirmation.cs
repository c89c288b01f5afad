using MemoryPack;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Asks the nodes that chunkservers are connected to whether copies are there at this moment. The merged view of a leader may lag behind what a chunkserver has
/// just reported to its node; before a copy is given up, those that stay are confirmed where nothing lags.
/// </summary>
public sealed class CopyConfirmation
{
    /// <summary>Most copies of one question.</summary>
    private const int MaxCopies = 16_384;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private readonly INodeRpc rpc;
    private readonly IChunkLocationView view;

    /// <summary>Creates it, and answers other nodes from what was reported here.</summary>
    public CopyConfirmation(INodeRpc rpc, IChunkLocationView view)
    {
        this.rpc = rpc;
        this.view = view;
        rpc.Handle(RpcMethod.ConfirmCopies, (_, request, _) =>
        {
            var asked = MemoryPackSerializer.Deserialize<ConfirmedCopy[]>(request.Span) ?? throw new FormatException("an empty question");
            return asked.Length > MaxCopies
                ? throw new FormatException($"{asked.Length} copies are asked for at once, {MaxCopies} may be")
                : ValueTask.FromResult<ReadOnlyMemory<byte>>(Array.ConvertAll(asked, c => (byte)Look(c)));
        });
    }

    /// <summary>Those of the copies that are there, and those of which nobody could say that in time.</summary>
    public async Task<(HashSet<ConfirmedCopy> There, HashSet<ConfirmedCopy> Unknown)> AskAsync(IEnumerable<(NodeId Gateway, ConfirmedCopy Copy)> copies, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        var questions = copies.GroupBy(static c => c.Gateway).SelectMany(static g => g.Select(static c => c.Copy).Distinct().Chunk(MaxCopies).Select(part => (g.Key, Part: part)));
        var answers = await Task.WhenAll(questions.Select(q => AskAsync(q.Key, q.Part, limited.Token))).ConfigureAwait(false);
        return ([.. answers.SelectMany(static a => a.There)], [.. answers.SelectMany(static a => a.Unknown)]);
    }

    private async Task<(IEnumerable<ConfirmedCopy> There, IEnumerable<ConfirmedCopy> Unknown)> AskAsync(NodeId gateway, ConfirmedCopy[] copies, CancellationToken cancellation)
    {
        try
        {
            var reply = await rpc.CallAsync(gateway, RpcMethod.ConfirmCopies, MemoryPackSerializer.Serialize(copies), cancellation).ConfigureAwait(false);
            var answer = reply.ToArray();
            return answer.Length == copies.Length
                ? (copies.Where((_, i) => answer[i] == (byte)Presence.There), copies.Where((_, i) => answer[i] is not ((byte)Presence.There or (byte)Presence.Absent)))
                : throw new FormatException($"node {gateway} answered {answer.Length} of {copies.Length} copies");
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException or OperationCanceledException)
        {
            return ([], copies);
        }
    }

    private Presence Look(in ConfirmedCopy copy)
    {
        if (view.FindServer(new ChunkServerIncarnation(copy.Server, copy.Epoch)) is not { IsConnected: true, IsComplete: true })
        {
            return Presence.Unknown;
        }

        const int Usual = 64;
        Span<ChunkLocation> found = new ChunkLocation[Usual];
        foreach (ref readonly var location in found[..Math.Min(Usual, view.Find(copy.Chunk, found))])
        {
            if (location.Part == 0
                && location.Version == copy.Version
                && (location.Flags & ChunkFlags.Damaged) == 0
                && location.Server.Incarnation == new ChunkServerIncarnation(copy.Server, copy.Epoch))
            {
                return Presence.There;
            }
        }

        return Presence.Absent;
    }

    // The wire format between nodes.
    private enum Presence : byte
    {
        Absent = 0,
        There = 1,
        Unknown = 2,
    }
}

/// <summary>A copy that is asked for.</summary>
/// <param name="Chunk">Chunk id.</param>
/// <param name="Version">Version that it must have.</param>
/// <param name="Server">Chunkserver id.</param>
/// <param name="Epoch">Its connection.</param>
[MemoryPackable]
public readonly partial record struct ConfirmedCopy(ulong Chunk, uint Version, ushort Server, ulong Epoch);

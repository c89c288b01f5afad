using Grpc.Core;
using MfsHa.Admin.Contract;
using OperationsClient = MfsHa.Admin.Contract.Operations.OperationsClient;

namespace MfsHa.Admin.Output;

/// <summary>How all replicas of all groups, and what nodes have of the CRDT state, compare.</summary>
/// <param name="Groups">The groups.</param>
/// <param name="Crdt">The CRDT state.</param>
internal sealed record ConsistencyReport(IReadOnlyList<GroupVerdict> Groups, CrdtVerdict Crdt)
{
    /// <summary>The verdict about all of it.</summary>
    public ConsistencyKind Kind => CrdtVerdict.Worst(GroupVerdict.KindOf(Groups), Crdt.Kind);

    /// <summary>The verdict as exit code.</summary>
    public int Exit => Kind switch
    {
        ConsistencyKind.Same => ExitCode.Done,
        ConsistencyKind.Different => ExitCode.Trouble,
        _ => ExitCode.Unavailable,
    };

    /// <summary>Has a node compare.</summary>
    /// <exception cref="UnreachableException">No node answers.</exception>
    /// <exception cref="RpcException">Groups could not be compared at all.</exception>
    public static async Task<ConsistencyReport> AskAsync(AdminTarget target, CancellationToken cancellation)
    {
        IReadOnlyList<GroupVerdict> groups = GroupVerdict.Of(await AdminConnection.CallAsync(target, ReadAsync, cancellation));
        return new ConsistencyReport(groups, await AskCrdtAsync(target, cancellation));
    }

    /// <summary>For people.</summary>
    public IEnumerable<string> Lines() => [.. Groups.SelectMany(static g => g.Lines()), .. Crdt.Lines(), $"Consistency: {GroupVerdict.WordOf(Kind)}"];

    private static async Task<List<ReplicaChecksum>> ReadAsync(Contract.Admin.AdminClient client, CallOptions call)
    {
        var checksums = new List<ReplicaChecksum>();
        using AsyncServerStreamingCall<ReplicaChecksum> stream = client.CheckConsistency(new CheckConsistencyRequest(), call);
        await foreach (ReplicaChecksum checksum in stream.ResponseStream.ReadAllAsync(call.CancellationToken))
        {
            checksums.Add(checksum);
        }

        return checksums;
    }

    // What is known of the groups is told all the same.
    private static async Task<CrdtVerdict> AskCrdtAsync(AdminTarget target, CancellationToken cancellation)
    {
        try
        {
            return new CrdtVerdict(
                await AdminConnection.InvokeAsync(target, static async (invoker, call) => await new OperationsClient(invoker).CompareCrdtAsync(new CompareCrdtRequest(), call), cancellation), "");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return new CrdtVerdict(null, "the node that answers is of a release that does not compare it");
        }
        catch (Exception e) when ((e is RpcException or UnreachableException) && !cancellation.IsCancellationRequested)
        {
            return new CrdtVerdict(null, e is RpcException { Status.Detail: { Length: > 0 } detail } ? detail : e.Message);
        }
    }
}

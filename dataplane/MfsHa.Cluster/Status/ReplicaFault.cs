using System.Text;
using MfsHa.Cluster.Hosting;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>
/// What a node does when it is told that a replica of its differs from those of a majority: it looks at its own checksum of that point, notes the fault in its data
/// directory and stops. With the note it does not start again: the directory has to be emptied, and the node is removed and added anew, by a person or by itself (<see cref="Recovery.DamageNote"/>).
/// </summary>
public sealed class ReplicaFault
{
    /// <summary>Name of the note.</summary>
    public const string FileName = "replica-differs";

    private readonly string path;
    private readonly NodeId self;
    private readonly ConsistencyPoints points;
    private readonly TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Registers the handler.</summary>
    public ReplicaFault(string directory, INodeRpc rpc, ConsistencyPoints points)
    {
        path = Path.Combine(directory, FileName);
        self = rpc.Self;
        this.points = points;
        rpc.Handle(RpcMethod.ReplicaDiffers, TakeAsync);
    }

    /// <summary>Completes with the fault; the process has to end.</summary>
    public Task<Exception> Found => failed.Task;

    /// <summary><see cref="ReplicaDiffersException"/> when a fault is noted in the directory.</summary>
    public static void ThrowIfNoted(string directory)
    {
        var note = Path.Combine(directory, FileName);
        if (File.Exists(note))
        {
            throw new ReplicaDiffersException($"{note}: {File.ReadAllText(note).Trim()}");
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var notice = WireFormats.Read<ReplicaFaultNotice>(request);
        if (points.Find(notice.Point, notice.Group) is not { } own)
        {
            return ReadOnlyMemory<byte>.Empty; // it is another life of this node that was meant
        }

        var found = await own.WaitAsync(cancellation).ConfigureAwait(false);
        if (found == notice.Agreed)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var text = $"the replica of group {notice.Group} is not what a majority of its members has: checksum {found.Checksum:X16} at index {found.Index}, {notice.Agreed.Checksum:X16} expected. "
            + $"This node must not serve it: remove node {self} from the cluster (mfsha-admin node remove {self}), empty the directory and add the node again (mfsha-admin node add {self})";
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), cancellation).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        failed.TrySetResult(new ReplicaDiffersException(text));
        return ReadOnlyMemory<byte>.Empty;
    }
}

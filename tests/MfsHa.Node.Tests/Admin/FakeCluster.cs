using System.Runtime.CompilerServices;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;

namespace MfsHa.Node.Tests.Admin;

/// <summary>A cluster that is what a test says.</summary>
internal sealed partial class FakeCluster : INodeStatusSource, INodeOperations
{
    public ClusterStatus Status { get; set; } = Healthy();

    public List<ReplicaChecksum> Checksums { get; } = [];

    public List<ExportedMetadata> Exported { get; } = [];

    public AdminException? Refusal { get; set; }

    public List<object> Requests { get; } = [];

    public TaskCompletionSource? Gate { get; set; }

    public bool IsReady { get; set; } = true;

    public static ClusterStatus Healthy()
    {
        var status = new ClusterStatus { ClusterId = 0xABCD, AnsweredBy = 1, Sessions = 7 };
        for (uint id = 1; id <= 3; id++)
        {
            status.Nodes.Add(new NodeStatus { Id = id, Host = $"[b]n{id}", Port = 9430, Online = true, Ready = true, Version = "0.1.0", UptimeSeconds = 90 });
        }

        for (uint group = 0; group <= 1; group++)
        {
            var entry = new GroupStatus { Group = group, Leader = group + 1, Term = 3, Committed = 123 };
            entry.Replicas.AddRange(Enumerable.Range(1, 3).Select(n => new ReplicaStatus { Node = (uint)n, Applied = 123, Durable = 100, Voter = true, Online = true }));
            status.Groups.Add(entry);
        }

        status.ChunkServers.Add(new ChunkServerStatus { Id = 1, Address = "10.0.0.9", Port = 9422, Node = 2, TotalBytes = 3L << 30, UsedBytes = 1536, Chunks = 5, Version = "4.56.6" });
        return status;
    }

    public async Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation)
    {
        if (Gate is not null)
        {
            await Gate.Task.WaitAsync(cancellation);
        }

        return Status;
    }

    public Task<DrainNodeReply> DrainNodeAsync(DrainNodeRequest request, CancellationToken cancellation)
    {
        Requests.Add(request);
        return Refusal is null ? Task.FromResult(new DrainNodeReply()) : throw Refusal;
    }

    public async IAsyncEnumerable<ReplicaChecksum> CheckConsistencyAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (ReplicaChecksum checksum in Checksums)
        {
            await Task.Yield();
            yield return checksum;
        }

        if (Refusal is not null)
        {
            throw Refusal;
        }
    }

    public Task<ResignReply> ResignAsync(ResignRequest request, CancellationToken cancellation) => Answer(request, new ResignReply { Leader = 2, Term = 4 });

    public Task<MembershipReply> RemoveNodeAsync(RemoveNodeRequest request, CancellationToken cancellation) => Answer(request, new MembershipReply { Groups = { 0, 1 } });

    public Task<MembershipReply> AddNodeAsync(AddNodeRequest request, CancellationToken cancellation) => Answer(request, new MembershipReply { Groups = { 0, 1 } });

    public async IAsyncEnumerable<ExportedMetadata> ExportMetadataAsync(ExportMetadataRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (ExportedMetadata message in Exported)
        {
            await Task.Yield();
            yield return message;
        }

        if (Refusal is not null)
        {
            throw Refusal;
        }
    }

    public Task<ReleaseDeletionsReply> ReleaseDeletionsAsync(CancellationToken cancellation) => Answer(new ReleaseDeletionsRequest(), new ReleaseDeletionsReply { WereHeld = true });

    private async Task<T> Answer<T>(object request, T reply)
    {
        Requests.Add(request);
        await Task.Yield();
        return Refusal is null ? reply : throw Refusal;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using MfsHa.Admin.Contract;
using Contract = MfsHa.Admin.Contract;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Node.Hosting;

/// <summary>Answers the admin service from the cluster layer.</summary>
internal sealed class NodeStatusSource(ClusterHost host, TimeProvider clock) : INodeStatusSource
{
    private static readonly TimeSpan ResignWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResignPause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public bool IsReady => host.IsReady;

    /// <inheritdoc/>
    public async Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation)
    {
        var nodes = host.Nodes.Nodes.OrderBy(static n => n.Id).ToList();
        var reports = await Task.WhenAll(nodes.Select(n => host.Status.AskAsync(n.Id, cancellation))).ConfigureAwait(false);
        var formats = host.Book.Formats;
        var status = new ClusterStatus
        {
            AnsweredBy = host.Status.Self().Node,
            ClusterId = host.Identity?.MetaId ?? 0,
            Cluster = host.DataIdentity.BelongsToCluster ? host.DataIdentity.Cluster.ToString() : "",
            FormatLevel = formats.Level,
        };
        foreach (var (node, report) in nodes.Zip(reports))
        {
            var record = host.Book.Find(node.Id);
            var announced = formats.Nodes.FirstOrDefault(f => f.Node == node.Id.Value && f.Incarnation == record?.Incarnation);
            status.Nodes.Add(new NodeStatus
            {
                Id = node.Id.Value,
                Host = node.Host,
                Port = (uint)node.Port,
                Online = report is not null,
                Ready = report?.Ready ?? false,
                Region = record?.Region ?? "",
                Version = report?.Version ?? "",
                UptimeSeconds = (ulong)(report?.UptimeSeconds ?? 0),
                Membership = record?.State switch
                {
                    NodeState.Joining => Contract.Membership.Joining,
                    NodeState.Active => Contract.Membership.Active,
                    NodeState.Draining => Contract.Membership.Draining,
                    _ => Contract.Membership.Unspecified,
                },
                Incarnation = record?.Incarnation ?? 0,
                OldestFormat = announced?.Oldest ?? 0u,
                NewestFormat = announced?.Newest ?? 0u,
                AnnouncedRelease = announced?.Release ?? "",
            });
        }

        foreach (var group in reports.OfType<NodeReport>().SelectMany(static r => r.Replicas.Select(p => (r.Node, Replica: p))).GroupBy(static r => r.Replica.Group).OrderBy(static g => g.Key))
        {
            status.Groups.Add(Group(group.Key, [.. group], nodes));
        }

        foreach (var server in host.ChunkLocations.Servers)
        {
            status.ChunkServers.Add(new MfsHa.Admin.Contract.ChunkServerStatus
            {
                Id = server.Incarnation.ChunkServerId,
                Address = Address(server.Info.Ip),
                Port = server.Info.Port,
                Node = server.IsConnected ? server.Gateway.Value : 0u,
                TotalBytes = server.Info.TotalSpace,
                UsedBytes = server.Info.UsedSpace,
                Chunks = server.Info.Chunks,
                Version = new PeerVersion(server.Info.Version).ToString(),
            });
        }

        return status;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReplicaChecksum> CheckConsistencyAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var group in host.Status.Groups())
        {
            var members = (await host.SurveyAsync(cancellation).ConfigureAwait(false)).MembersOf(group);
            var checksums = await host.Status.CompareAsync(group, members.Select(static m => new NodeId(m)), cancellation).ConfigureAwait(false);
            var difference = Differ(checksums.Values) ? await host.Differences.FindAsync(group, [.. checksums.Keys], cancellation).ConfigureAwait(false) : null;
            foreach (var (node, checksum) in checksums.OrderBy(static c => c.Key))
            {
                yield return Checksum(group, node, checksum, difference);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<ResignReply> ResignAsync(ResignRequest request, CancellationToken cancellation)
    {
        var group = Known((ushort)request.Group);
        if (host.Status.Self().Replicas.FirstOrDefault(r => r.Group == group) is not { } former)
        {
            var leader = (await host.SurveyAsync(cancellation).ConfigureAwait(false)).LeaderOf(group);
            throw new AdminException(AdminFailure.Refused, $"this node has no replica of group {group}; node {leader} leads it: ask that node");
        }

        if (former.Leader != host.Status.Self().Node)
        {
            throw new AdminException(AdminFailure.Refused, $"node {former.Leader} leads group {group}: ask that node");
        }

        await host.ResignAsync(group, cancellation).ConfigureAwait(false);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ResignWait);
        while (true)
        {
            var now = host.Status.Self().Replicas.FirstOrDefault(r => r.Group == group) ?? former;
            if (now.Leader != 0 && now.Term > former.Term)
            {
                return new ResignReply { Leader = now.Leader, Term = (ulong)now.Term };
            }

            try
            {
                await Task.Delay(ResignPause, limited.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new AdminException(AdminFailure.Unavailable, $"group {group} has had no new leader for {ResignWait.TotalSeconds:0} s");
            }
        }
    }

    /// <inheritdoc/>
    public Task<MembershipReply> RemoveNodeAsync(RemoveNodeRequest request, CancellationToken cancellation) =>
        ChangeAsync(node => host.Membership.RemoveAsync(node, request.Force, cancellation), request.Node);

    /// <inheritdoc/>
    public async Task<DrainNodeReply> DrainNodeAsync(DrainNodeRequest request, CancellationToken cancellation)
    {
        _ = await ChangeAsync(
            async node =>
            {
                await (request.Undo ? host.Membership.EndDrainAsync(node, cancellation) : host.Membership.DrainAsync(node, cancellation)).ConfigureAwait(false);
                return [];
            },
            request.Node).ConfigureAwait(false);
        return new DrainNodeReply();
    }

    /// <inheritdoc/>
    public Task<MembershipReply> AddNodeAsync(AddNodeRequest request, CancellationToken cancellation) =>
        request is { Host.Length: > 0, Port: > 0 and <= ushort.MaxValue }
            ? ChangeAsync(node => host.Membership.AddAsync(new NodeAddress(node, request.Host, (int)request.Port), request.Replace, cancellation), request.Node)
            : throw new AdminException(AdminFailure.Refused, "the address at which the node is reached is missing");

    /// <inheritdoc/>
    public IAsyncEnumerable<ExportedMetadata> ExportMetadataAsync(ExportMetadataRequest request, CancellationToken cancellation) =>
        new MetadataExport(host.Cuts, clock).RunAsync(request.Format, cancellation);

    /// <inheritdoc/>
    public async Task<ReleaseDeletionsReply> ReleaseDeletionsAsync(CancellationToken cancellation)
    {
        try
        {
            var before = await host.Cluster.ExecuteAsync(new CheckDeletions(), cancellation).ConfigureAwait(false);
            var reply = await host.Cluster.ExecuteAsync(new ReleaseDeletions(), cancellation).ConfigureAwait(false);
            return reply.Status == Protocol.StatusCode.Ok
                ? new ReleaseDeletionsReply { WereHeld = before.Status == Protocol.StatusCode.Locked }
                : throw new AdminException(AdminFailure.Refused, $"deletions cannot be released: {reply.Status}");
        }
        catch (Exception e) when (e is TimeoutException or PeerUnavailableException or ProposalRejectedException or RpcException)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }
    }

    private static async Task<MembershipReply> ChangeAsync(Func<NodeId, Task<IReadOnlyList<ushort>>> change, uint node)
    {
        if (node is 0 or > ushort.MaxValue)
        {
            throw new AdminException(AdminFailure.NotFound, $"a node id is 1..65535, not {node}");
        }

        try
        {
            var reply = new MembershipReply();
            reply.Groups.AddRange((await change(new NodeId((ushort)node)).ConfigureAwait(false)).Select(static g => (uint)g));
            return reply;
        }
        catch (MembershipException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
        catch (Exception e) when (e is PeerUnavailableException or ProposalRejectedException or RpcException or TimeoutException)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }
    }

    private static GroupStatus Group(ushort number, IReadOnlyList<(ushort Node, ReplicaReport Replica)> replicas, IReadOnlyList<NodeAddress> nodes)
    {
        var newest = replicas.MaxBy(static r => (r.Replica.Term, r.Replica.IsReadyLeader)).Replica;
        var group = new GroupStatus
        {
            Group = number,
            Leader = newest.Leader,
            Term = (ulong)newest.Term,
            Committed = (ulong)replicas.Max(static r => r.Replica.Applied),
        };
        foreach (var member in newest.Members.Order())
        {
            var replica = replicas.FirstOrDefault(r => r.Node == member).Replica;
            group.Replicas.Add(new ReplicaStatus
            {
                Node = member,
                Applied = (ulong)(replica?.Applied ?? 0),
                Durable = (ulong)(replica?.Durable ?? 0),
                Voter = true,
                Online = replica is not null && nodes.Any(n => n.Id.Value == member),
            });
        }

        return group;
    }

    // The same index, and not the same state.
    private static bool Differ(IEnumerable<GroupChecksum?> checksums) =>
        checksums.OfType<GroupChecksum>().GroupBy(static c => c.Index).Any(static same => same.Distinct().Count() > 1);

    private static ReplicaChecksum Checksum(ushort group, NodeId node, GroupChecksum? checksum, FirstDifference? difference)
    {
        var message = new ReplicaChecksum { Group = group, Node = node.Value, Unnamed = difference?.Reason ?? "" };
        if (difference is { Key: { } key } && difference.Replicas.TryGetValue(node, out var record))
        {
            message.Record = new DifferingRecord
            {
                Key = ByteString.CopyFrom(key),
                Name = RecordName.Of(group, key),
                Present = record is not null,
                Length = (ulong)(record?.Length ?? 0),
                Checksum = record?.Hash ?? 0,
            };
        }

        if (checksum is not { } known)
        {
            message.Error = "the node does not answer";
            return message;
        }

        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, known.Checksum);
        message.Index = (ulong)known.Index;
        message.Checksum = ByteString.CopyFrom(bytes);
        return message;
    }

    private static string Address(uint ip) =>
        string.Create(CultureInfo.InvariantCulture, $"{ip >> 24}.{(ip >> 16) & 0xFF}.{(ip >> 8) & 0xFF}.{ip & 0xFF}");

    private ushort Known(ushort group) =>
        host.Status.Groups().Contains(group) ? group : throw new AdminException(AdminFailure.NotFound, $"there is no group {group}");
}

using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Node.Configuration;
using MfsHa.Security;

namespace MfsHa.Node.Commands;

/// <summary>
/// <c>mfsha --init-cluster</c> and <c>--join-cluster</c>: looks at the cluster and at the data directory, and refuses, or makes the order by which the node becomes part of the cluster.
/// </summary>
internal sealed class FormationPlan(FormationRequest request, LoadedConfiguration configuration, TimeProvider clock)
{
    private const int AdminPort = 9431;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private NodeConfiguration Node => configuration.Node;

    /// <summary>The admin services of the cluster that is joined.</summary>
    public AdminTarget Target => AdminTarget.TryParse(request.Peer ?? "", AdminPort, CallLimit, out AdminTarget target)
        ? target with { Credentials = NodeCredentials.Of(Node.Security, clock) }
        : throw new FormationException($"--peer: expected host[:port] of a node's admin service, several separated by commas, found '{request.Peer}'");

    /// <summary>Makes the order.</summary>
    /// <exception cref="FormationException">The node cannot become part of that cluster.</exception>
    public async Task<FormationOrder> MakeAsync(CancellationToken cancellation)
    {
        NodeIdentity? identity = Directory.Exists(Node.DataPath) ? new IdentityFile(Node.DataPath).Peek() : null;
        if (identity is null && Path.Exists(ClusterHost.StateDirectory(Node.DataPath)))
        {
            throw new FormationException($"{Node.DataPath} is not empty, and says not whose data it holds");
        }

        if (identity is not null && identity.Node.Value != request.NodeId)
        {
            throw new FormationException($"{Node.DataPath} belongs to node {identity.Node}, --node-id is {request.NodeId}");
        }

        return request.Peer is null ? Init(identity) : Join(identity, await StatusAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>The cluster as its nodes see it now.</summary>
    public async Task<ClusterStatus> StatusAsync(CancellationToken cancellation)
    {
        try
        {
            return await AdminConnection.CallAsync(Target, static async (client, call) => await client.GetStatusAsync(new GetStatusRequest(), call), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnreachableException or RpcException or SecurityFileException)
        {
            throw new FormationException($"no node of the cluster answers: {(e is RpcException refused ? refused.Status.Detail : e.Message)}");
        }
    }

    private FormationOrder Init(NodeIdentity? identity)
    {
        if (identity is { BelongsToCluster: true })
        {
            throw new FormationException($"{Node.DataPath} holds the data of cluster {identity.Cluster}: start the node without --init-cluster, or empty the directory");
        }

        (string host, int port) = Own(towards: null);
        return new FormationOrder((ushort)request.NodeId, Joins: false, host, port, []);
    }

    private FormationOrder Join(NodeIdentity? identity, ClusterStatus status)
    {
        if (status.ClusterId == 0 || !Guid.TryParse(status.Cluster, out Guid cluster))
        {
            throw new FormationException($"node {status.AnsweredBy} belongs to no cluster yet, or is too old to say to which");
        }

        if (status.FormatLevel > byte.MaxValue || !IdentityFile.Known.Reads((byte)Math.Max(status.FormatLevel, 1)))
        {
            string? release = status.Nodes.FirstOrDefault(n => n.Id == status.AnsweredBy)?.Version.Split('+')[0];
            throw new FormationException($"the cluster writes format level {status.FormatLevel}, this release ({ClusterHost.Release}) reads {IdentityFile.Known}: install release {release}, which node {status.AnsweredBy} runs");
        }

        if (identity is { BelongsToCluster: true } && identity.Cluster != cluster)
        {
            throw new FormationException($"{Node.DataPath} holds the data of cluster {identity.Cluster}; the one at {request.Peer} is {cluster} (metaid {status.ClusterId:X16})");
        }

        NodeStatus? same = status.Nodes.FirstOrDefault(n => n.Id == request.NodeId && n.Membership != Membership.Unspecified);
        if (same is not null && same.Incarnation != (identity?.Incarnation ?? 0))
        {
            throw new FormationException(
                $"node id {request.NodeId} is taken by the node at {same.Host}:{same.Port} ({(same.Online ? "online" : "offline")}): choose another one, or, when that node is dead for good, mfsha-admin node remove {request.NodeId} first");
        }

        uint shards = (uint)status.Groups.Count(static g => g.Group != 0);
        if (shards != 0 && shards != Node.ShardCount)
        {
            throw new FormationException($"the cluster has {shards} shards, HA_SHARD_COUNT is {Node.ShardCount}: they must be equal");
        }

        (string host, int port) = Own(towards: Target.Addresses[0].Host);
        if (status.Nodes.FirstOrDefault(n => n.Id != request.NodeId && n.Host == host && n.Port == port) is { } other)
        {
            throw new FormationException($"{host}:{port} is the address of node {other.Id}");
        }

        if (status.Nodes.FirstOrDefault(static n => IPAddress.TryParse(n.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)) is { } local && !(IPAddress.TryParse(host, out IPAddress? own) && IPAddress.IsLoopback(own)))
        {
            throw new FormationException($"node {local.Id} is known as {local.Host}, where no other machine reaches it: start it again with MFSHA_PEERS = {local.Id}@HOST first");
        }

        return new FormationOrder(
            (ushort)request.NodeId, Joins: true, host, port, [.. status.Nodes.Where(n => n.Id != request.NodeId).Select(static n => new FormationPeer((ushort)n.Id, n.Host, (int)n.Port))]);
    }

    // What the command line says; then the configuration; then the address from which this machine speaks to the cluster.
    private (string Host, int Port) Own(string? towards)
    {
        if (request.Address is { } given)
        {
            return AdminTarget.TryParse(given, Node.Port, default, out AdminTarget parsed) && parsed.Addresses is [var address]
                ? (address.Host, address.Port)
                : throw new FormationException($"--address: expected host[:port], found '{given}'");
        }

        if (Node.HasPeers)
        {
            PeerAddress self = Node.Peers.First(p => p.Id == request.NodeId);
            return (self.Host, self.Port!.Value);
        }

        return (Node.BindHost != "*" ? Node.BindHost : towards is null ? Outer() : Facing(towards), Node.Port);
    }

    // Connecting a UDP socket sends nothing; it shows the route.
    private string Facing(string host)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0], Node.Port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (Exception e) when (e is SocketException or IndexOutOfRangeException)
        {
            throw new FormationException($"cannot tell at which address other nodes reach this one ({e.Message}): say --address HOST[:PORT]");
        }
    }

    private static string Outer()
    {
        IPAddress[] own =
        [
            .. NetworkInterface.GetAllNetworkInterfaces().Where(static i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(static i => i.GetIPProperties().UnicastAddresses).Select(static a => a.Address).Where(static a => a.AddressFamily == AddressFamily.InterNetwork),
        ];
        return own.Length == 1
            ? own[0].ToString()
            : throw new FormationException(string.Create(CultureInfo.InvariantCulture, $"cannot tell at which of {own.Length} addresses other nodes reach this one: say --address HOST[:PORT]"));
    }
}

/// <summary>The node does not become part of a cluster; the message says why.</summary>
internal sealed class FormationException(string message) : Exception(message);

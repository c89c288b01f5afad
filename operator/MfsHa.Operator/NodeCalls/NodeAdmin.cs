using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster;
using Microsoft.Extensions.Logging;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;
using OperationsClient = MfsHa.Admin.Contract.Operations.OperationsClient;

namespace MfsHa.Operator.NodeCalls;

/// <summary><see cref="INodeAdmin"/> by the same calls as mfsha-admin's.</summary>
public sealed partial class NodeAdmin(ILogger<NodeAdmin> logger) : INodeAdmin
{
    private static readonly TimeSpan _quick = TimeSpan.FromSeconds(5);

    // What docs/admin.md calls the origin of a key that was set for all nodes.
    private const string ClusterOrigin = "cluster";

    /// <summary>A node that joins copies the state first.</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public Task<ClusterStatus?> StatusAsync(NodeAccess access, CancellationToken cancellation) =>
        AskAsync(access, static async (invoker, options) => (ClusterStatus?)await new AdminClient(invoker).GetStatusAsync(new GetStatusRequest(), options), cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>?> OptionsAsync(NodeAccess access, CancellationToken cancellation) =>
        (await AskAsync(
            access, static async (invoker, options) => (GetConfigurationReply?)await new OperationsClient(invoker).GetConfigurationAsync(new GetConfigurationRequest(), options), cancellation)
            .ConfigureAwait(false))?.Values.Where(static v => v.Origin == ClusterOrigin).ToDictionary(static v => v.Key, static v => v.Value);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<int, TlsDetails>?> CertificatesAsync(NodeAccess access, CancellationToken cancellation) =>
        (await AskAsync(
            access, static async (invoker, options) => (GetNodeDetailsReply?)await new OperationsClient(invoker).GetNodeDetailsAsync(new GetNodeDetailsRequest(), options), cancellation)
            .ConfigureAwait(false))?.Nodes.Where(static n => n is { Online: true, Tls: not null }).ToDictionary(static n => (int)n.Node, static n => n.Tls);

    /// <inheritdoc/>
    public Task SetOptionAsync(NodeAccess access, string key, string? value, CancellationToken cancellation) =>
        CallAsync(
            access,
            _slow,
            async (invoker, options) => await new OperationsClient(invoker).SetConfigurationAsync(
                new SetConfigurationRequest { Key = key, Value = value ?? "", Unset = value is null }, options),
            cancellation);

    /// <inheritdoc/>
    public Task MoveLeadersAsync(NodeAccess access, int node, CancellationToken cancellation) =>
        CallAsync(access, _slow, async (invoker, options) => await new OperationsClient(invoker).ElectLeadersAsync(new ElectLeadersRequest { Node = (uint)node }, options), cancellation);

    /// <inheritdoc/>
    public Task AddAsync(NodeAccess access, int node, string host, int port, bool isReplacement, CancellationToken cancellation) =>
        CallAsync(
            access,
            _slow,
            async (invoker, options) => await new AdminClient(invoker).AddNodeAsync(
                new AddNodeRequest { Node = (uint)node, Host = host, Port = (uint)port, Replace = isReplacement }, options),
            cancellation);

    /// <inheritdoc/>
    public Task RemoveAsync(NodeAccess access, int node, CancellationToken cancellation) =>
        CallAsync(access, _slow, async (invoker, options) => await new AdminClient(invoker).RemoveNodeAsync(new RemoveNodeRequest { Node = (uint)node }, options), cancellation);

    /// <inheritdoc/>
    public Task ForceQuorumAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation) =>
        CallAsync(
            access, _slow, async (invoker, options) => await new OperationsClient(invoker).ForceQuorumAsync(new ForceQuorumRequest { Nodes = { nodes.Select(static n => (uint)n) } }, options), cancellation);

    /// <inheritdoc/>
    public async Task<string?> GiveSharesAsync(NodeAccess access, IReadOnlyList<int> nodes, CancellationToken cancellation)
    {
        GiveSharesReply reply = await CallAsync(
            access, _slow, async (invoker, options) => await new OperationsClient(invoker).GiveSharesAsync(new GiveSharesRequest { Nodes = { nodes.Select(static n => (uint)n) } }, options), cancellation)
            .ConfigureAwait(false);
        return reply.Moves.Count == 0 ? null : string.Join("; ", reply.Moves.Select(static m => $"shard {m.Shard} from node {m.FromNode} to node {m.ToNode}"));
    }

    /// <inheritdoc/>
    public async Task<string?> MovesAsync(NodeAccess access, CancellationToken cancellation)
    {
        GetMigrationsReply reply = await CallAsync(
            access, _slow, static async (invoker, options) => await new OperationsClient(invoker).GetMigrationsAsync(new GetMigrationsRequest(), options), cancellation).ConfigureAwait(false);
        string[] moving = [.. reply.Shards.Where(static s => !s.Done).Select(static s => $"shard {s.Shard} to nodes {string.Join(", ", s.Wanted.Order())}")];
        return moving.Length == 0 ? null : string.Join("; ", moving);
    }

    /// <inheritdoc/>
    public async Task<string?> RebalanceAsync(NodeAccess access, CancellationToken cancellation) =>
        (await CallAsync(
            access, _slow, static async (invoker, options) => await new OperationsClient(invoker).RebalanceLeadersAsync(new RebalanceLeadersRequest(), options), cancellation)
            .ConfigureAwait(false)).Obstacle is { Length: > 0 } obstacle ? obstacle : null;

    /// <inheritdoc/>
    public Task ReleaseDeletionsAsync(NodeAccess access, CancellationToken cancellation) =>
        CallAsync(access, _slow, static async (invoker, options) => await new AdminClient(invoker).ReleaseDeletionsAsync(new ReleaseDeletionsRequest(), options), cancellation);

    /// <inheritdoc/>
    public async Task<string?> DifferenceAsync(NodeAccess access, CancellationToken cancellation)
    {
        List<ReplicaChecksum> checksums = await CallAsync(
            access,
            _slow,
            async (invoker, options) =>
            {
                var all = new List<ReplicaChecksum>();
                using AsyncServerStreamingCall<ReplicaChecksum> call = new AdminClient(invoker).CheckConsistency(new CheckConsistencyRequest(), options);
                await foreach (ReplicaChecksum checksum in call.ResponseStream.ReadAllAsync(cancellation).ConfigureAwait(false))
                {
                    all.Add(checksum);
                }

                return all;
            },
            cancellation).ConfigureAwait(false);
        string[] flaws =
        [
            .. checksums.GroupBy(static c => c.Group).Select(static g =>
                g.FirstOrDefault(static c => c.Error.Length > 0) is { } failed ? $"group {GroupVerdict.NameOf(g.Key)}, node {failed.Node}: {failed.Error}"
                : g.DistinctBy(static c => (c.Checksum, c.Index)).Count() > 1 ? $"group {GroupVerdict.NameOf(g.Key)}: replicas differ"
                : "").Where(static f => f.Length > 0),
        ];
        return checksums.Count == 0 ? "no group answered" : flaws.Length == 0 ? null : string.Join("; ", flaws);
    }

    // Null when no node answers.
    private async Task<T?> AskAsync<T>(NodeAccess access, Func<CallInvoker, CallOptions, Task<T?>> question, CancellationToken cancellation)
        where T : class
    {
        if (access.Addresses.Count == 0)
        {
            return null;
        }

        try
        {
            return await CallAsync(access, _quick, question, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnreachableException or RpcException)
        {
            Log.Unreachable(logger, access.ToString(), e.Message);
            return null;
        }
    }

    private static Task<T> CallAsync<T>(NodeAccess access, TimeSpan limit, Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellation)
    {
        if (!AdminTarget.TryParse(string.Join(',', access.Addresses), Ports.Admin, limit, out AdminTarget target))
        {
            throw new UnreachableException("no node has an address");
        }

        return AdminConnection.InvokeAsync(target with { Credentials = new AdminCredentials(access.Tls, access.Token) }, call, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "no node of {Addresses} answers: {Reason}")]
        public static partial void Unreachable(ILogger logger, string addresses, string reason);
    }
}

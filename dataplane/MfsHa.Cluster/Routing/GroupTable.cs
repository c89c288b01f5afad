using System.Collections.Concurrent;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Routing;

/// <summary>The groups that have a replica at this node: the system group, and shards that come and go with their placement. Empty until the node has become part of a cluster. Thread-safe.</summary>
public sealed class GroupTable
{
    private readonly ConcurrentDictionary<ushort, IGroupEndpoint> endpoints = new();

    /// <summary>All groups here, by number.</summary>
    public IReadOnlyCollection<KeyValuePair<ushort, IGroupEndpoint>> All => endpoints;

    /// <summary>Adds a group that is not here.</summary>
    public void Add(IGroupEndpoint endpoint)
    {
        if (!endpoints.TryAdd(endpoint.Log.Group, endpoint))
        {
            throw new InvalidOperationException($"group {endpoint.Log.Group} has a replica here already");
        }
    }

    /// <summary>Its replica leaves this node.</summary>
    public void Remove(ushort group) => endpoints.TryRemove(group, out _);

    /// <summary>Groups of which a node's data directory is a member as this node knows; of any of its directories when none is named.</summary>
    public IEnumerable<ushort> Of(NodeId node, uint? incarnation = null) =>
        endpoints.Where(g => g.Value.Log.Members.Any(m => m.Node == node && (incarnation ?? m.Incarnation) == m.Incarnation)).Select(static g => g.Key);

    /// <summary>The group's endpoint; null while the node has none.</summary>
    public IGroupEndpoint? Find(ushort group) => endpoints.TryGetValue(group, out var endpoint) ? endpoint : null;

    /// <summary>The group's endpoint. <see cref="ProposalRejectedException"/> while the node has none: nothing was executed.</summary>
    public IGroupEndpoint Get(ushort group) =>
        endpoints.TryGetValue(group, out var endpoint) ? endpoint : throw new ProposalRejectedException(group, "this node has no replica of it (yet)");
}

using System.Collections.Immutable;

namespace MfsHa.NodeLink;

/// <summary>A directory that is filled by its owner. Thread-safe; readers see one consistent version.</summary>
public sealed class NodeDirectory : INodeDirectory
{
    private ImmutableDictionary<NodeId, NodeAddress> _nodes = ImmutableDictionary<NodeId, NodeAddress>.Empty;

    /// <summary>Creates a directory with the given nodes.</summary>
    public NodeDirectory(IEnumerable<NodeAddress> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        _nodes = nodes.ToImmutableDictionary(node => node.Id);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public IReadOnlyCollection<NodeAddress> Nodes => [.. Volatile.Read(ref _nodes).Values];

    /// <inheritdoc/>
    public NodeAddress? Find(NodeId node) => Volatile.Read(ref _nodes).GetValueOrDefault(node);

    /// <summary>Adds a node or changes its address.</summary>
    public void Set(NodeAddress node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (ImmutableInterlocked.Update(ref _nodes, static (nodes, added) => nodes.SetItem(added.Id, added), node))
            Changed?.Invoke();
    }

    /// <summary>Forgets a node.</summary>
    public void Remove(NodeId node)
    {
        if (ImmutableInterlocked.Update(ref _nodes, static (nodes, removed) => nodes.Remove(removed), node))
            Changed?.Invoke();
    }
}

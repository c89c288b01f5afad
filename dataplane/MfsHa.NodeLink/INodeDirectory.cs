namespace MfsHa.NodeLink;

/// <summary>Says where the nodes of the cluster are reached. Changes at run time; host names are resolved anew at each connect.</summary>
public interface INodeDirectory
{
    /// <summary>All known nodes, this one included or not.</summary>
    IReadOnlyCollection<NodeAddress> Nodes { get; }

    /// <summary>The address of a node, or null when it is not known.</summary>
    NodeAddress? Find(NodeId node);

    /// <summary>Raised after <see cref="Nodes"/> changed. Handlers do not block.</summary>
    event Action? Changed;
}

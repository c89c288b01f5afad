using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MfsHa.NodeLink;

/// <summary>
/// The stable name of a node as a Raft member: node id and incarnation, never an address. DotNext derives the member's identity from it,
/// so a node keeps it across address changes and gets a new one (a higher incarnation) when it lost its disk.
/// <see cref="INodeDirectory"/> says where the node is reached.
/// </summary>
/// <param name="node">The node; not <see cref="NodeId.None"/>.</param>
/// <param name="incarnation">Counts the lives of the node's data directory, from 1.</param>
public sealed class NodeEndPoint(NodeId node, uint incarnation) : EndPoint, IEquatable<NodeEndPoint>
{
    private const int SerializedLength = 2 + sizeof(ushort) + sizeof(uint);

    /// <summary>The node.</summary>
    public NodeId Node { get; } = node;

    /// <summary>Counts the lives of the node's data directory, from 1.</summary>
    public uint Incarnation { get; } = incarnation;

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <inheritdoc/>
    /// <remarks>The family (2 bytes), then node id and incarnation, big-endian: the bytes that DotNext hashes.</remarks>
    public override SocketAddress Serialize()
    {
        Span<byte> name = stackalloc byte[SerializedLength - 2];
        BinaryPrimitives.WriteUInt16BigEndian(name, Node.Value);
        BinaryPrimitives.WriteUInt32BigEndian(name[2..], Incarnation);
        var address = new SocketAddress(AddressFamily.Unspecified, SerializedLength);
        for (var i = 0; i < name.Length; i++)
            address[i + 2] = name[i];
        return address;
    }

    /// <inheritdoc/>
    public override EndPoint Create(SocketAddress socketAddress)
    {
        ArgumentNullException.ThrowIfNull(socketAddress);
        if (socketAddress.Family != AddressFamily.Unspecified || socketAddress.Size != SerializedLength)
            throw new ArgumentException("not the name of a node", nameof(socketAddress));
        Span<byte> name = stackalloc byte[SerializedLength - 2];
        for (var i = 0; i < name.Length; i++)
            name[i] = socketAddress[i + 2];
        return new NodeEndPoint(new NodeId(BinaryPrimitives.ReadUInt16BigEndian(name)), BinaryPrimitives.ReadUInt32BigEndian(name[2..]));
    }

    /// <inheritdoc/>
    public bool Equals(NodeEndPoint? other) => other is not null && other.Node == Node && other.Incarnation == Incarnation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeEndPoint);

    /// <inheritdoc/>
    /// <remarks>Not randomised per process: it may end up in names and logs.</remarks>
    public override int GetHashCode() => unchecked((int)(((uint)Node.Value * 0x9E3779B1u) ^ (Incarnation * 0x85EBCA77u)));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"node-{Node.Value}#{Incarnation}");
}

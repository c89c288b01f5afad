using System.Collections.Immutable;
using System.Net;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Membership;

/// <summary>The members of a group as DotNext sees them. Immutable.</summary>
internal sealed class GroupConfiguration(ImmutableHashSet<EndPoint> members) : IClusterConfiguration<EndPoint>
{
    private readonly ReadOnlyMemory<byte> _bytes = members.IsEmpty ? ReadOnlyMemory<byte>.Empty : MemberCodec.Encode(members.Cast<NodeEndPoint>());

    public IReadOnlySet<EndPoint> Members => members;

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => _bytes.Length;

    public static GroupConfiguration Parse(ReadOnlySpan<byte> bytes) => new([.. MemberCodec.Decode(bytes)]);

    public IClusterConfiguration<EndPoint> Add(EndPoint address) => With(members.Add(address));

    public IClusterConfiguration<EndPoint> Remove(EndPoint address) => With(members.Remove(address));

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = _bytes;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) => writer.WriteAsync(_bytes, null, token);

    // DotNext compares by reference whether anything changed
    private GroupConfiguration With(ImmutableHashSet<EndPoint> changed) => ReferenceEquals(changed, members) ? this : new GroupConfiguration(changed);
}

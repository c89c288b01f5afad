using MfsHa.NodeLink;

namespace MfsHa.Replication.Tests.Ring;

/// <summary>
/// Carries calls and messages between simulated nodes in the order that a seed gives: late, out of order, lost, or not at all between
/// separated nodes. One thread; nothing happens but by <see cref="DeliverOne"/>.
/// </summary>
internal sealed class SimulatedNetwork(Random random)
{
    private readonly List<Packet> _packets = [];

    public Dictionary<NodeId, SimulatedRpc> Nodes { get; } = [];

    /// <summary>Of 100 packets, how many get lost.</summary>
    public int LossPercent { get; set; }

    /// <summary>Nodes of different numbers cannot reach each other.</summary>
    public Dictionary<NodeId, int> Islands { get; } = [];

    public int Waiting => _packets.Count;

    public long BytesSent { get; private set; }

    public bool IsReachable(NodeId from, NodeId to)
        => from == to || (Nodes.ContainsKey(to) && Islands.GetValueOrDefault(from) == Islands.GetValueOrDefault(to));

    public void Send(NodeId from, NodeId to, byte[] content, Action<byte[]> arrived, Action? lost = null)
    {
        BytesSent += content.Length;
        _packets.Add(new Packet(from, to, content, arrived, lost));
    }

    /// <summary>Delivers or loses one packet, any of those under way.</summary>
    public void DeliverOne()
    {
        if (_packets.Count == 0)
            return;
        var index = random.Next(_packets.Count);
        var packet = _packets[index];
        _packets.RemoveAt(index);
        if (!IsReachable(packet.From, packet.To) || random.Next(100) < LossPercent)
            packet.Lost?.Invoke();
        else
            packet.Arrived(packet.Content);
    }

    public void DeliverAll()
    {
        while (_packets.Count > 0)
            DeliverOne();
    }

    private sealed record Packet(NodeId From, NodeId To, byte[] Content, Action<byte[]> Arrived, Action? Lost);
}

using MfsHa.NodeLink;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Locations;

/// <summary>The registry's register of one incarnation.</summary>
/// <param name="Info">What the chunkserver told about itself.</param>
/// <param name="Gateway">The node it is connected to, the register's only writer.</param>
/// <param name="CompletedAt">The sequence number at which all chunks had been reported; 0 while it registers.</param>
internal sealed record ChunkServerEntry(ChunkServerInfo Info, NodeId Gateway, long CompletedAt)
{
    /// <summary>What is known before the first piece of the stream has come.</summary>
    public static readonly ChunkServerEntry Unknown = new(new ChunkServerInfo(), NodeId.None, 0);

    /// <summary>Written as a block: a later version may append fields, an earlier one skips them.</summary>
    public void Write(WireWriter target)
    {
        var block = target.BeginBlock();
        target.UInt16(Gateway.Value);
        target.VarInt(CompletedAt);
        target.UInt32(Info.Ip);
        target.UInt16(Info.Port);
        target.UInt32(Info.Version);
        target.UInt32(Info.Labels);
        target.UInt64(Info.UsedSpace);
        target.UInt64(Info.TotalSpace);
        target.UInt32(Info.Chunks);
        target.UInt64(Info.RemovalUsedSpace);
        target.UInt64(Info.RemovalTotalSpace);
        target.UInt32(Info.RemovalChunks);
        target.UInt32(Info.Load);
        target.Byte(Info.HeavyLoadStatus);
        target.UInt32(Info.Errors);
        target.EndBlock(block);
    }

    public static ChunkServerEntry Read(ref WireReader source)
    {
        var reader = new WireReader(source.Block());
        var gateway = new NodeId(reader.UInt16());
        var completedAt = reader.VarInt();
        var info = new ChunkServerInfo
        {
            Ip = reader.UInt32(),
            Port = reader.UInt16(),
            Version = reader.UInt32(),
            Labels = reader.UInt32(),
            UsedSpace = reader.UInt64(),
            TotalSpace = reader.UInt64(),
            Chunks = reader.UInt32(),
            RemovalUsedSpace = reader.UInt64(),
            RemovalTotalSpace = reader.UInt64(),
            RemovalChunks = reader.UInt32(),
            Load = reader.UInt32(),
            HeavyLoadStatus = reader.Byte(),
            Errors = reader.UInt32(),
        };
        return new ChunkServerEntry(info, gateway, completedAt);
    }
}

using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>The data of an answer, with its message id.</summary>
internal readonly record struct PacketReaderSource(byte[] Payload)
{
    private static readonly PeerVersion Version = new(4, 56, 6);

    public TReply As<TReply>()
        where TReply : IClientReply<TReply>
    {
        var reader = new PacketReader(Payload);
        reader.U32();
        return TReply.Parse(ref reader, Version);
    }

    public ReadDirectoryPage AsPage()
    {
        var reader = new PacketReader(Payload);
        reader.U32();
        return ReadDirectoryReply.Parse(ref reader, withAttributes: false, Version);
    }
}

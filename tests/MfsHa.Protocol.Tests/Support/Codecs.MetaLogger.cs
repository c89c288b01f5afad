using MfsHa.Protocol.Framing;
using MfsHa.Protocol.MetaLogger;

namespace MfsHa.Protocol.Tests.Support;

internal static partial class Codecs
{
    public static readonly IReadOnlyList<Codec> FromMetaLogger =
    [
        Codec.Whole(PacketType.MetaLoggerRegister, MetaLoggerRegister.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerDownloadStart, DownloadStartRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerDownloadRequest, DownloadDataRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerDownloadEnd, DownloadEndRequest.Parse, _ => DownloadEndRequest.Write),
        Codec.Whole(PacketType.MetaLoggerStoreMetadata, StoreMetadataRequest.Parse, _ => StoreMetadataRequest.Write),
    ];

    public static readonly IReadOnlyList<Codec> ToMetaLogger =
    [
        Codec.Whole(PacketType.MetaLoggerMasterAck, MetaLoggerMasterAck.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerChangelog, ChangelogPacket.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerState, MasterStatePacket.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerDownloadInfo, DownloadInfoReply.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MetaLoggerDownloadData, DownloadDataReply.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];
}

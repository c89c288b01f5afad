using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>Parses a recorded reply in the light of its request and writes it again with the reply writers.</summary>
internal static class MountReplies
{
    public static byte[] Rewrite(GoldenExchange exchange, PeerVersion client)
    {
        (GoldenPacket request, GoldenPacket reply) = (exchange.Request!, exchange.Reply!);
        Assert.Equal(PacketTypes.ReplyOf(request.Type), reply.Type);
        if (request.Type != PacketType.TimeSync && StatusReply.TryRead(reply.Payload, out StatusCode status))
        {
            Assert.True(Enum.IsDefined(status));
            uint id = Packets.Read(request.Payload, (ref PacketReader r) => r.U32());
            return Packets.Payload((ref PacketWriter w) => StatusReply.Write(ref w, request.Type, id, status));
        }

        switch (request.Type)
        {
            case PacketType.ReadDirectory:
                return RewriteDirectory(request, reply, client);
            case PacketType.Check:
                return RewriteCheck(request, reply, client);
            case PacketType.StorageClassList:
                return RewriteClasses(request, reply, client);
            case PacketType.TimeSync:
                return Codecs.ServerPushes.Single(c => c.Type == reply.Type).RoundTrip(reply.Payload, client);
            case PacketType.ArchiveControl:
                bool isGet = Body<ArchiveControlRequest>(request, client).Command == ArchiveCommand.Get;
                string name = isGet ? nameof(ArchiveStateReply) : nameof(ArchiveChangeReply);
                return Codecs.Replies.Single(c => c.Name == name).RoundTrip(reply.Payload, client);
            default:
                (object parsed, byte[] payload) = Codecs.Replies.Single(c => c.Type == reply.Type).Rewrite(reply.Payload, client);
                Plausible(parsed);
                return payload;
        }
    }

    public static byte[] RewriteRegister(RegisterRequest request, byte[] reply, PeerVersion client)
    {
        if (RegisterReply.TryReadStatus(reply, out StatusCode status))
        {
            return Packets.Payload((ref PacketWriter w) => RegisterReply.WriteStatus(ref w, status));
        }

        switch (request)
        {
            case GetRandomRegister:
                return Packets.Payload((ref PacketWriter w) => RegisterReply.WriteRandom(ref w, reply));
            case NewSessionRegister:
                SessionParameters session = Packets.Read(reply, (ref PacketReader r) => RegisterReply.ParseSession(ref r, client));
                Assert.Equal(0, session.Umask);
                return Packets.Payload((ref PacketWriter w) => RegisterReply.WriteSession(ref w, session, client));
            case NewMetaSessionRegister:
                session = Packets.Read(reply, (ref PacketReader r) => RegisterReply.ParseMetaSession(ref r, client));
                return Packets.Payload((ref PacketWriter w) => RegisterReply.WriteMetaSession(ref w, session, client));
            default:
                ReconnectResult result = Packets.Read(reply, (ref PacketReader r) => RegisterReply.ParseReconnect(ref r, client));
                return Packets.Payload((ref PacketWriter w) => RegisterReply.WriteReconnect(
                    ref w, result.ServerVersion, result.MasterProcessId, result.Status, client));
        }
    }

    /// <summary>The body of a recorded request.</summary>
    public static T Body<T>(GoldenPacket request, PeerVersion client)
        where T : IClientRequest<T> => Packets.Read(request.Payload, (ref PacketReader r) =>
        {
            r.U32();
            return T.Parse(ref r, client);
        });

    public static void Plausible(AttributeRecord attributes)
    {
        const uint Year2001 = 978_307_200, Year2100 = 4_102_444_800;
        if (attributes == default)
        {
            return;
        }

        Assert.True(Enum.IsDefined(attributes.Type) && attributes.Type is not (NodeType.None or NodeType.Trash or NodeType.Sustained));
        Assert.True((byte)attributes.Flags < 0x40);
        Assert.InRange(attributes.ChangeTime, Year2001, Year2100);
        Assert.InRange(attributes.ModificationTime, Year2001, Year2100);
        Assert.InRange(attributes.Uid, 0u, 5000u);
        Assert.InRange(attributes.LinkCount, 0u, 100u);
        Assert.Equal(attributes.Type is NodeType.BlockDevice or NodeType.CharDevice, attributes.Device != 0);
    }

    private static byte[] RewriteDirectory(GoldenPacket request, GoldenPacket reply, PeerVersion client)
    {
        bool withAttributes = (Body<ReadDirectoryRequest>(request, client).Flags & ReadDirectoryFlags.WithAttributes) != 0;
        uint id = 0;
        ReadDirectoryPage page = Packets.Read(reply.Payload, (ref PacketReader r) =>
        {
            id = r.U32();
            return ReadDirectoryReply.Parse(ref r, withAttributes, client);
        });
        Assert.Equal([".", ".."], page.Entries.Take(2).Select(e => Packets.Text(e.Name)));
        return Packets.Payload((ref PacketWriter w) =>
        {
            ReadDirectoryReply.Begin(ref w, id);
            foreach (DirectoryEntry entry in page.Entries)
            {
                if (entry.Attributes is { } attributes)
                {
                    Plausible(attributes);
                    ReadDirectoryReply.Entry(ref w, entry.Name.Span, entry.Inode, attributes, client);
                }
                else
                {
                    ReadDirectoryReply.Entry(ref w, entry.Name.Span, entry.Inode, entry.NodeType);
                }
            }

            ReadDirectoryReply.End(ref w, page.Cursor);
        });
    }

    private static byte[] RewriteCheck(GoldenPacket request, GoldenPacket reply, PeerVersion client)
    {
        CheckRequest check = Body<CheckRequest>(request, client);
        CheckMode mode = check.Mode ?? CheckMode.Legacy;
        uint id = Packets.Read(reply.Payload, (ref PacketReader r) => r.U32());
        byte[] body = reply.Payload[PacketHeader.MessageIdSize..];
        if (check.Index is null)
        {
            CheckedCount[] counts = Packets.Read(body, (ref PacketReader r) => CheckReply.ParseCounts(ref r, mode));
            Assert.True(mode != CheckMode.Legacy || counts.Length == CheckReply.CopyCounters);
            return Packets.Payload((ref PacketWriter w) => CheckReply.WriteCounts(ref w, id, mode, counts));
        }

        CheckedChunk chunk = Packets.Read(body, (ref PacketReader r) => CheckReply.ParseChunk(ref r, mode));
        Assert.All(chunk.Copies.ToArray(), copy => Assert.Equal(9422, copy.Port));
        return Packets.Payload((ref PacketWriter w) => CheckReply.WriteChunk(ref w, id, mode, chunk));
    }

    private static byte[] RewriteClasses(GoldenPacket request, GoldenPacket reply, PeerVersion client)
    {
        byte format = Body<StorageClassListRequest>(request, client).Format;
        uint id = 0;
        IReadOnlyList<StorageClassListEntry> entries = Packets.Read(reply.Payload, (ref PacketReader r) =>
        {
            id = r.U32();
            return StorageClassListReply.Parse(ref r, format);
        });
        Assert.Contains(entries, entry => Packets.Text(entry.Name) == "1");
        return Packets.Payload((ref PacketWriter w) => StorageClassListReply.Write(ref w, id, format, entries));
    }

    private static void Plausible(object reply)
    {
        if (reply.GetType().GetProperty("Attributes")?.GetValue(reply) is AttributeRecord attributes)
        {
            Plausible(attributes);
        }

        ChunkLocations? chunk = reply switch
        {
            LookupReply lookup => lookup.Chunk,
            ReadChunkReply read => read.Chunk,
            WriteChunkReply write => write.Chunk,
            _ => null,
        };
        if (chunk is { } locations)
        {
            Assert.Equal(ChunkDataProtocol.Copies, locations.Protocol);
            Assert.All(locations.Servers.ToArray(), server => Assert.Equal((9422, 0x0A4D00u), (server.Port, server.Ip >> 8)));
        }
    }
}

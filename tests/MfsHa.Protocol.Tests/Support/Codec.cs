using System.Reflection;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tests.Support;

/// <summary>A packet body of any kind: parsing a payload and writing it again.</summary>
/// <param name="Rewrite">From a payload (message id included, if the kind has one) to the payload that its parsed form writes.</param>
internal sealed record Codec(string Name, PacketType Type, Func<ReadOnlyMemory<byte>, PeerVersion, (object Parsed, byte[] Payload)> Rewrite)
{
    /// <summary>Whether old peers send forms that are always written in the newest shape, or a status stands for the data.</summary>
    public bool HasShorterForms => Type is PacketType.ChunkServerSpace or PacketType.UnlinkReply or PacketType.RemoveDirectoryReply;

    /// <summary>Parses and rewrites.</summary>
    public byte[] RoundTrip(ReadOnlyMemory<byte> payload, PeerVersion client) => Rewrite(payload, client).Payload;

    public override string ToString() => Name;

    public static Codec Request<T>()
        where T : IClientRequest<T> => new(typeof(T).Name, T.Type, (payload, client) =>
    {
        var reader = new PacketReader(payload);
        uint id = reader.U32();
        T request = T.Parse(ref reader, client);
        return (request, Packets.Payload((ref PacketWriter w) => request.Write(ref w, id)));
    });

    public static Codec Reply<T>()
        where T : IClientReply<T> => new(typeof(T).Name, T.Type, (payload, client) =>
    {
        var reader = new PacketReader(payload);
        uint id = reader.U32();
        T reply = T.Parse(ref reader, client);
        return (reply, Packets.Payload((ref PacketWriter w) => reply.Write(ref w, id, client)));
    });

    /// <summary>A packet that reads and writes its whole payload.</summary>
    public static Codec Whole<T>(PacketType type, PacketReading<T> parse, Func<T, PacketWriting> write)
        where T : notnull => new(typeof(T).Name, type, (payload, _) =>
    {
        var reader = new PacketReader(payload);
        T packet = parse(ref reader);
        return (packet, Packets.Payload(write(packet)));
    });

    /// <summary>All requests with a message id, found by reflection so that none is forgotten.</summary>
    public static IEnumerable<Codec> AllRequests() => FromImplementationsOf(typeof(IClientRequest<>), nameof(Request));

    /// <summary>All success replies to registered clients.</summary>
    public static IEnumerable<Codec> AllReplies() => FromImplementationsOf(typeof(IClientReply<>), nameof(Reply));

    private static IEnumerable<Codec> FromImplementationsOf(Type contract, string factory)
    {
        MethodInfo method = typeof(Codec).GetMethod(factory)!;
        return typeof(PacketType).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.GetInterfaces().Any(
                i => i.IsGenericType && i.GetGenericTypeDefinition() == contract))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (Codec)method.MakeGenericMethod(type).Invoke(null, null)!);
    }
}

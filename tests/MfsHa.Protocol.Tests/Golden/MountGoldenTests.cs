using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>What real mounts said and were answered.</summary>
public class MountGoldenTests
{
    public static TheoryData<string> Files => new(GoldenFile.Names("mfsmount"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Requests_are_written_as_they_were_read(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        GoldenAssert.All(file.Exchanges.Where(e => e.Request is { Type: not PacketType.Nop }), exchange =>
        {
            GoldenPacket request = exchange.Packets[0];
            Codec codec = Codecs.Requests.Concat(Codecs.ClientOneWay).Single(c => c.Type == request.Type);
            GoldenAssert.Same(request.Payload, codec.RoundTrip(request.Payload, file.Peer));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Replies_are_written_as_the_master_wrote_them(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        GoldenAssert.All(
            file.Exchanges.Where(e => e.Reply is not null && e.Request is { Type: not PacketType.Register }),
            exchange => GoldenAssert.Same(exchange.Reply!.Payload, MountReplies.Rewrite(exchange, file.ReplyShape)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Pushes_are_written_as_the_master_wrote_them(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        List<GoldenExchange> pushes = [.. file.Exchanges.Where(e => e.Request is null)];
        GoldenAssert.All(pushes, exchange =>
        {
            GoldenPacket push = exchange.Packets[0];
            byte[] written = push.Type == PacketType.Nop
                ? Packets.Payload(GenericPackets.WriteNop)
                : Codecs.ServerPushes.Single(c => c.Type == push.Type).RoundTrip(push.Payload, file.ReplyShape);
            GoldenAssert.Same(push.Payload, written);
        });
        Assert.Equal(
            [PacketType.Nop, PacketType.ChunkHasChanged, PacketType.FileLengthHasChanged, PacketType.InvalidateChunkCache],
            pushes.Select(e => e.Packets[0].Type).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Register_replies_are_written_as_the_master_wrote_them(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        List<GoldenExchange> registers = [.. file.Exchanges.Where(e => e.Request is { Type: PacketType.Register })];
        GoldenAssert.All(registers, exchange =>
        {
            RegisterRequest request = Packets.Read(exchange.Request!.Payload, RegisterRequest.Parse);
            GoldenAssert.Same(exchange.Reply!.Payload, MountReplies.RewriteRegister(request, exchange.Reply.Payload, file.ReplyShape));
        });
        Assert.Equal(
            [RegisterCode.GetRandom, RegisterCode.NewSession, RegisterCode.Reconnect, RegisterCode.NewMetaSession, RegisterCode.CloseSession],
            registers.Select(e => Packets.Read(e.Request!.Payload, RegisterRequest.Parse).Code).Distinct().Order());
    }

    /// <summary>Guards against recordings that became thin.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Nearly_every_operation_of_a_mount_was_recorded(string name)
    {
        PacketType[] notSentByMounts =
        [
            PacketType.PathLookup, PacketType.Parents, PacketType.NodeInfo, PacketType.GetConfigFile,
        ];
        IEnumerable<PacketType> recorded = GoldenFile.Load(name).Exchanges.Where(e => e.Request is not null).Select(e => e.Request!.Type);

        Assert.Equal([], Codecs.Requests.Select(c => c.Type).Where(t => (uint)t >= 390).Except(notSentByMounts).Except(recorded));
    }
}

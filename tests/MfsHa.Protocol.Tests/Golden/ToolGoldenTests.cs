using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using MfsHa.Protocol.Tools;
using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>What real mfscli asked and masters answered, without registration.</summary>
public class ToolGoldenTests
{
    public static TheoryData<string> Files => new(GoldenFile.Names("mfscli"));

    [Theory]
    [MemberData(nameof(Files))]
    public void Questions_are_written_as_they_were_read(string name) =>
        GoldenAssert.All(GoldenFile.Load(name).Exchanges.Where(IsServed), exchange =>
        {
            GoldenPacket question = exchange.Request!;
            GoldenAssert.Same(question.Payload, Codecs.ToolQuestions.Single(c => c.Type == question.Type).RoundTrip(question.Payload, default));
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void Answers_are_written_as_the_master_wrote_them(string name) =>
        GoldenAssert.All(GoldenFile.Load(name).Exchanges.Where(IsServed), exchange =>
        {
            byte[] answer = exchange.Reply!.Payload;
            Codec codec = Codecs.ToolAnswers.Single(c => c.Name == AnswerName(exchange));
            GoldenAssert.Same(answer, codec.RoundTrip(answer, default));
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void Master_says_its_version_and_that_it_is_the_only_one(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        MasterInfo info = Packets.Read(file.Exchanges.First(e => e.Request!.Type == PacketType.Info).Reply!.Payload, MasterInfo.Parse);

        Assert.Equal(file.Master, info.Version);
        Assert.Equal((MasterRole.Community, MasterRole.Community), (info.State, info.NextState));
        Assert.Equal(file.Master.ReadsEc8, info.ErasureCoding is not null);
        Assert.InRange(info.Nodes - info.Directories - info.Files, 0u, 10u);
        Assert.InRange(info.Chunks, 1u, 100u);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Sessions_and_chunkservers_are_those_of_the_recording(string name)
    {
        GoldenFile file = GoldenFile.Load(name);
        GoldenExchange? sessions = file.Exchanges.FirstOrDefault(e => e.Request!.Type == PacketType.SessionList);
        if (sessions is null)
        {
            // A 3.x mfscli gives up on a 4.x master after INFO.
            Assert.True(!file.Peer.ReadsEc8 && file.Master.ReadsEc8);
            return;
        }

        byte mode = sessions.Request!.Payload[0];
        IReadOnlyList<SessionEntry> list = Packets.Read(sessions.Reply!.Payload, (ref PacketReader r) => SessionListReply.Parse(ref r, mode));
        Assert.Contains(list, s => s.Version == file.Peer && Packets.Text(s.Path) == "/" && s is { Sockets: 1, Expire: SessionEntry.Connected });
        GoldenExchange servers = file.Exchanges.First(e => e.Request!.Type == PacketType.ChunkServerList);
        ChunkServerListForm form = Form(servers);
        Assert.All(
            Packets.Read(servers.Reply!.Payload, (ref PacketReader r) => ChunkServerListReply.Parse(ref r, form)),
            s => Assert.True(s.Version == file.Peer && s is { Port: 9422, ChunkServerId: 1 or 2, Flags: ChunkServerFlags.None, Labels: 1 or 2 }));
    }

    private static bool IsServed(GoldenExchange exchange) => exchange.Request is { } question && exchange.Reply is { } answer
        && answer.Type == PacketTypes.ReplyOf(question.Type)
        && question.Type is not (PacketType.ChartData or PacketType.Chart or PacketType.MonotonicData);

    private static string AnswerName(GoldenExchange exchange)
    {
        PacketType type = exchange.Reply!.Type;
        byte mode = exchange.Request!.Payload is [byte first] ? first : (byte)0;
        uint subject = exchange.Request.Payload.Length == 4 ? Packets.Read(exchange.Request.Payload, (ref PacketReader r) => r.U32()) : 0;
        string shape = type switch
        {
            PacketType.InfoReply => nameof(MasterInfo),
            PacketType.ChunkServerListReply => $"{type} {Form(exchange)}",
            PacketType.SessionListReply or PacketType.ExportsInfoReply => $"{type} mode {mode}",
            PacketType.StorageClassInfoReply => $"{type} format {mode}",
            PacketType.FileTestInfoReply => $"{type} deleted {exchange.Request.Payload.Length == 1}",
            PacketType.MissingChunksReply => $"{type} kind {mode == 1}",
            PacketType.ListOpenFilesReply => $"{type} {(subject == 0 ? "all" : "session")}",
            PacketType.ListAcquiredLocksReply => $"{type} {(subject == 0 ? "all" : "inode")}",
            _ => type.ToString(),
        };
        return shape;
    }

    private static ChunkServerListForm Form(GoldenExchange exchange) => exchange.Request!.Payload is [1]
        ? ChunkServerListForm.WithMaintenance
        : exchange.Reply!.Payload.Length % (int)ChunkServerListForm.Basic == 0 ? ChunkServerListForm.Basic : ChunkServerListForm.WithOriginalIp;
}

using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tests.Support;
using MfsHa.Protocol.Tools;
using Xunit;

namespace MfsHa.Protocol.Tests.Tools;

public class ToolPacketTests
{
    private const string SpaceHex = "0000000000000001" + "0000000000000002" + "00000003" + "0000000000000004" + "0000000000000005" + "00000006";

    private static readonly ChunkServerEntry s_server = new(
        ChunkServerFlags.Maintenance, Versions.V4566, 0x0A000001, 0x0A4D0003, 9422, 7, new SpaceReport(1, 2, 3, 4, 5, 6), 8, 9, 10, 11, 2, 60);

    private static readonly SessionEntry s_session = new(
        1, 0x0A4D0001, Versions.V4592, 2, 1, SessionEntry.Connected, Packets.Bytes("/m"), Packets.Bytes("/"), SessionFlags.Admin, 0x12, 3, 4, 5, 6, 1, 9,
        0xFFFF, 7, 8, DisabledOperations.Chmod, new uint[] { 21 }, new uint[] { 22 });

    private static readonly ExportEntry s_export = new(
        1, 2, Packets.Bytes("/"), 0x030001, ExportFlags.AllDirectories, SessionFlags.Admin, 0x12, 3, 4, 5, 6, 1, 9, 0xFFFF, 7, 8, DisabledOperations.Chmod);

    private static readonly AcquiredLock s_lock = new(7, 1, 0xABCD, 77, 1, 2, AcquiredLockType.Exclusive);
    private static readonly MissingChunk s_missing = new(0x55, 7, 3, MissingChunkKind.WrongVersion);
    private const string ServerTail = "0a4d0003" + "24ce" + "0007" + SpaceHex + "00000008" + "00000009" + "0000000a" + "0000000b" + "02";
    private const string SessionHead = "0001" + "00000001" + "0a4d0001" + "00043b04";
    private const string Names = "00000002" + "2f6d" + "00000001" + "2f" + "08";
    private const string Users = "00000003" + "00000004" + "00000005" + "00000006";
    private const string Open = "00000002" + "01" + "ffffffff";
    private const string Statistics = "00000015" + "00000016";
    private const string ExportHead = "00000001" + "00000002" + "00000001" + "2f" + "00030001" + "01" + "08";
    private const string LockTail = "00000001" + "000000000000abcd" + "0000004d" + "0000000000000001" + "0000000000000002" + "02";

    public static TheoryData<string> AnswerNames => new(Samples.Select(s => s.Name));

    private static List<(string Name, PacketWriting Write, string Hex)> Samples { get; } =
    [
        ("ChunkServerListReply Basic", Servers(ChunkServerListForm.Basic), "02" + "04380c" + ServerTail),
        ("ChunkServerListReply WithOriginalIp", Servers(ChunkServerListForm.WithOriginalIp), "02" + "04380c" + "0a000001" + ServerTail),
        ("ChunkServerListReply WithMaintenance", Servers(ChunkServerListForm.WithMaintenance), "02" + "04380c" + "0a000001" + ServerTail + "0000003c"),
        ("SessionListReply mode 0", Sessions(0), SessionHead + Names + Users + Statistics),
        ("SessionListReply mode 1", Sessions(1), SessionHead + Names + Users + "01" + "09" + "00000007" + "00000008" + Statistics),
        ("SessionListReply mode 2", Sessions(2), SessionHead + Open + Names + Users + "01" + "09" + "00000007" + "00000008" + Statistics),
        ("SessionListReply mode 3", Sessions(3), SessionHead + Open + Names + "0012" + Users + "01" + "09" + "00000007" + "00000008" + Statistics),
        ("SessionListReply mode 4", Sessions(4), SessionHead + Open + Names + "0012" + Users + "01" + "09" + "00000007" + "00000008" + "00000002" + Statistics),
        ("SessionListReply mode 5", Sessions(5), SessionHead + Open + Names + "0012" + Users + "ffff" + "00000007" + "00000008" + "00000002" + Statistics),
        ("SessionListReply mode 255", Sessions(255), "00000001" + "0a4d0001" + "ffffffff" + "00000002" + "2f6d"),
        ("ExportsInfoReply mode 0", Exports(0), ExportHead + Users),
        ("ExportsInfoReply mode 1", Exports(1), ExportHead + Users + "01" + "09" + "00000007" + "00000008"),
        ("ExportsInfoReply mode 2", Exports(2), ExportHead + "0012" + Users + "01" + "09" + "00000007" + "00000008"),
        ("ExportsInfoReply mode 3", Exports(3), ExportHead + "0012" + Users + "01" + "09" + "00000007" + "00000008" + "00000002"),
        ("ExportsInfoReply mode 4", Exports(4), ExportHead + "0012" + Users + "ffff" + "00000007" + "00000008" + "00000002"),
        ("QuotaInfoReply", (ref PacketWriter w) => QuotaInfoReply.Write(ref w, [new QuotaEntry(
            7, Packets.Bytes("/q"), 60, QuotaState.DefaultGrace, QuotaFlags.SoftInodes, uint.MaxValue, new QuotaLimits(1, 0, 0, 0), default, new QuotaLimits(2, 0, 0, 0))]),
            "00000007" + "00000002" + "2f71" + "0000003c" + "02" + "01" + "ffffffff" + "00000001" + Zeros(24) + Zeros(28) + "00000002" + Zeros(24)),
        ("FileTestInfoReply deleted False", new FileTestInfo(1, 2, 3, 4, 5, null, null, 6, 7, 8, Packets.Bytes("m")).Write,
            "00000001" + "00000002" + "00000003" + "00000004" + "00000005" + "00000006" + "00000007" + "00000008" + "00000001" + "6d"),
        ("FileTestInfoReply deleted True", new FileTestInfo(1, 2, 3, 4, 5, 9, 10, 6, 7, 8, default).Write,
            "00000001" + "00000002" + "00000003" + "00000004" + "00000005" + "00000009" + "0000000a" + "00000006" + "00000007" + "00000008" + "00000000"),
        ("MetaLoggerListReply", (ref PacketWriter w) => MetaLoggerListReply.Write(ref w, [new MetaLoggerEntry(Versions.V4566, 0x0A4D0001)]), "0004380c" + "0a4d0001"),
        ("ModuleInfoReply", new ModuleInfoReply(null, Versions.V4592, 0x99).Write, "01" + "00043b04" + "0000" + "0000000000000099" + Zeros(6)),
        ("ListOpenFilesReply all", (ref PacketWriter w) => ListOpenFilesReply.WriteAll(ref w, null, [new OpenFileEntry(1, 7)]), "00000001" + "00000007"),
        ("ListOpenFilesReply session", (ref PacketWriter w) => ListOpenFilesReply.WriteSession(ref w, null, [new PackedInode(7)]), "00000007"),
        ("ListAcquiredLocksReply all", (ref PacketWriter w) => ListAcquiredLocksReply.Write(ref w, null, 0, [s_lock]), "00000007" + LockTail),
        ("ListAcquiredLocksReply inode", (ref PacketWriter w) => ListAcquiredLocksReply.Write(ref w, null, 7, [s_lock]), LockTail),
        ("MassResolvePathsReply", (ref PacketWriter w) => MassResolvePathsReply.Write(ref w, [
            new ResolvedPaths(7, [Packets.Bytes("a"), Packets.Bytes("bc")]), new ResolvedPaths(8, [])]),
            "00000007" + "0000000b" + "00000001" + "61" + "00000002" + "6263" + "00000008" + "00000000"),
        ("MissingChunksReply kind False", (ref PacketWriter w) => MissingChunksReply.Write(ref w, false, [s_missing]), "0000000000000055" + "00000007" + "00000003"),
        ("MissingChunksReply kind True", (ref PacketWriter w) => MissingChunksReply.Write(ref w, true, [s_missing]), "0000000000000055" + "00000007" + "00000003" + "02"),
    ];

    [Theory]
    [MemberData(nameof(AnswerNames))]
    public void An_answer_has_exactly_the_bytes_of_the_format_and_survives_parsing_and_writing(string name)
    {
        (_, PacketWriting write, string hex) = Samples.Single(s => s.Name == name);
        (PacketType type, byte[] payload) = Packets.Write(write);
        Codec codec = Codecs.ToolAnswers.Single(c => c.Name == name);

        Assert.Equal(codec.Type, type);
        Assert.Equal(hex, Convert.ToHexStringLower(payload));
        Assert.Equal(payload, codec.RoundTrip(payload, default));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    public void Every_form_of_storage_classes_survives_parsing_and_writing(byte format, int states)
    {
        int labelSize = format == 0 ? StorageClassDefinition.MasksSize : StorageClassDefinition.ExpressionSize;
        var state = new StorageClassInfoState(2, new StorageClassState([new byte[labelSize], new byte[labelSize]], 3, 1), [4, 5]);
        int counters = format switch { 0 => 6, 1 => 9, _ => 18 };
        var info = new StorageClassInfo(
            1, Packets.Bytes("c"), Packets.Bytes("d"), 2, 3, [.. Enumerable.Range(0, counters).Select(i => (ulong)i)], 4, 5, true, 1, 9, 24, 0x1000, 6,
            state, state, state, state);
        byte[] payload = Packets.Payload((ref PacketWriter w) => StorageClassInfoReply.Write(ref w, format, 8, [info, info]));
        (ushort servers, IReadOnlyList<StorageClassInfo> parsed) = Packets.Read(payload, (ref PacketReader r) => StorageClassInfoReply.Parse(ref r, format));

        Assert.Equal((8, 2), (servers, parsed.Count));
        Assert.All(parsed, c => Assert.Equal(info.Chunks, c.Chunks));
        Assert.All(parsed, c => Assert.Equal(states, new[] { c.Create, c.Keep, c.Archive, c.Trash }.Count(s => s.Matching.SequenceEqual<ushort>([4, 5]))));
        Assert.Equal(payload, Packets.Payload((ref PacketWriter w) => StorageClassInfoReply.Write(ref w, format, servers, parsed)));
    }

    [Fact]
    public void Information_has_the_length_by_which_tools_tell_its_shape()
    {
        MasterInfo info = Packets.Read(new byte[(int)MasterInfoForm.ErasureCoding], MasterInfo.Parse);

        Assert.Equal(205, Packets.Payload((ref PacketWriter w) => info.Write(ref w, MasterInfoForm.ErasureCoding)).Length);
        Assert.Equal(149, Packets.Payload((ref PacketWriter w) => info.Write(ref w, MasterInfoForm.Common)).Length);
        Assert.Throws<InvalidOperationException>(() => Packets.Payload(
            (ref PacketWriter w) => (info with { ErasureCoding = null }).Write(ref w, MasterInfoForm.ErasureCoding)));
        Assert.Throws<MalformedPacketException>(() => Packets.Read(new byte[150], MasterInfo.Parse));
    }

    [Fact]
    public void Questions_are_told_apart_by_length()
    {
        Assert.Equal(new ToolRequest(null, null), Packets.ReadHex("", ToolRequest.Parse));
        Assert.Equal(new ToolRequest(null, 4), Packets.ReadHex("04", ToolRequest.Parse));
        Assert.Equal(new ToolRequest(9, null), Packets.ReadHex("00000009", ToolRequest.Parse));
        Assert.Equal(new ToolRequest(9, 0xFF), Packets.ReadHex("00000009" + "ff", ToolRequest.Parse));
        Assert.Equal(new ToolSubjectRequest(null, 7), Packets.ReadHex("00000007", ToolSubjectRequest.Parse));
        Assert.Equal(new ToolSubjectRequest(9, 7), Packets.ReadHex("00000009" + "00000007", ToolSubjectRequest.Parse));
        Assert.Equal(new ChunksMatrixRequest(0, 5), Packets.ReadHex("0005", ChunksMatrixRequest.Parse));
        Assert.Equal(new ChunkServerCommandRequest(null, 1, 2), Packets.ReadHex("00000001" + "0002", ChunkServerCommandRequest.Parse));
        Assert.Equal(
            new ChunkServerCommandRequest(ChunkServerCommandKind.MaintenanceOn, 1, 2), Packets.ReadHex("02" + "00000001" + "0002", ChunkServerCommandRequest.Parse));
        Assert.Equal(new SessionRemoveRequest(7), Packets.ReadHex("00" + "00000007", SessionRemoveRequest.Parse));
    }

    [Fact]
    public void Matrices_come_alone_or_with_progress()
    {
        uint[] numbers = [.. Enumerable.Range(0, 2 * ChunksMatrixReply.MatrixSize).Select(i => (uint)i)];
        byte[] both = Packets.Payload((ref PacketWriter w) => ChunksMatrixReply.Write(ref w, 0, numbers));
        byte[] single = Packets.Payload((ref PacketWriter w) => ChunksMatrixReply.Write(ref w, null, numbers.AsSpan(0, ChunksMatrixReply.MatrixSize)));

        Assert.Equal((969, 484), (both.Length, single.Length));
        Assert.Equal(((byte?)0, numbers.Length), (Packets.Read(both, ChunksMatrixReply.Parse).Progress, Packets.Read(both, ChunksMatrixReply.Parse).Matrices.Length));
        Assert.Null(Packets.Read(single, ChunksMatrixReply.Parse).Progress);
    }

    [Fact]
    public void A_command_is_answered_by_a_bare_status() => Assert.Equal(
        "29", Packets.Hex((ref PacketWriter w) => ToolReply.WriteStatus(ref w, PacketType.SessionCommand, StatusCode.NotFound)));

    [Fact]
    public void An_instance_has_a_name() => Assert.Equal(
        "0161", Packets.Hex((ref PacketWriter w) => InstanceNameReply.Write(ref w, null, "a"u8)));

    private static string Zeros(int bytes) => new('0', 2 * bytes);

    private static PacketWriting Servers(ChunkServerListForm form) => (ref PacketWriter w) => ChunkServerListReply.Write(ref w, null, [s_server], form);

    private static PacketWriting Sessions(byte mode) => (ref PacketWriter w) => SessionListReply.Write(ref w, null, mode, 1, [s_session]);

    private static PacketWriting Exports(byte mode) => (ref PacketWriter w) => ExportsInfoReply.Write(ref w, mode, [s_export]);
}

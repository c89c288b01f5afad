using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.SystemGroup;

/// <summary>A system group over memory; every operation and reply travels serialised, as between nodes.</summary>
internal sealed class SystemHarness
{
    public const ulong MetaId = 0x5EED_0000_0000_0001;
    public const ulong Checksum = 77;

    private readonly SystemProcessor processor;

    public SystemHarness(bool formed = true, ushort shards = 1)
    {
        State = new SystemState(Store);
        processor = new SystemProcessor(State);
        if (formed)
        {
            Assert.Equal(StatusCode.Ok, Do(Form(shards)).Status);
            Assert.Equal(StatusCode.Ok, Do(new SetExports(new ExportsRecord(Checksum, [1, 2, 3]))).Status);
        }
    }

    public MemoryStore Store { get; } = new();

    public SystemState State { get; }

    public uint Now { get; set; } = 1_000_000;

    public static FormCluster Form(ushort shards = 1, ulong metaId = MetaId) => new()
    {
        MetaId = metaId,
        ClusterId = new Guid("11111111-2222-3333-4444-555555555555"),
        MasterProcessId = 99,
        Shards = shards,
        ReplicationFactor = 3,
        Founders = [.. Enumerable.Range(1, 3).Select(static n => new NodeRecord { Node = (ushort)n, Incarnation = (uint)n * 11, Address = $"node{n}:9500" })],
    };

    public static CreateSession NewSession(uint peer = 10, SessionFlags flags = SessionFlags.None, ulong token = 0, uint reuse = 0, ulong reuseMetaId = MetaId, ulong exports = Checksum) => new()
    {
        Token = token,
        Parameters = new SessionParameters { RootInode = 1, Flags = flags, PeerAddress = peer, ExportsChecksum = exports, Info = [(byte)'/'] },
        Reuse = reuse,
        ReuseMetaId = reuseMetaId,
        Node = 1,
        Run = 100,
    };

    public static ReconnectSession Reconnect(uint session, uint peer = 10, ulong? metaId = MetaId, ushort node = 2) =>
        new() { Session = session, MetaId = metaId, PeerAddress = peer, ClientVersion = 5, Node = node, Run = 200 };

    public SystemReply Do(SystemCommand command)
    {
        var sent = (SystemCommand)MemoryPackSerializer.Deserialize<SystemOperation>(MemoryPackSerializer.Serialize<SystemOperation>(command))!;
        return Travel(processor.Execute(sent, new OperationContext(Now)));
    }

    public SystemReply Ask(SystemQuery query)
    {
        var sent = (SystemQuery)MemoryPackSerializer.Deserialize<SystemOperation>(MemoryPackSerializer.Serialize<SystemOperation>(query))!;
        return Travel(processor.Execute(sent, new OperationContext(Now)));
    }

    public StatusCode Status(SystemCommand command) => Do(command).Status;

    public SessionRecord Session(SystemCommand command) => Assert.IsType<SessionReply>(Do(command)).Session;

    public SessionRecord Session(uint id) => Assert.IsType<SessionReply>(Ask(new GetSession(id))).Session;

    /// <summary>The state as a node has it that reads it from the store.</summary>
    public SystemState Reopened()
    {
        State.WritePending();
        return new SystemState(Store);
    }

    private static SystemReply Travel(SystemReply reply) => MemoryPackSerializer.Deserialize<SystemReply>(MemoryPackSerializer.Serialize(reply))!;
}

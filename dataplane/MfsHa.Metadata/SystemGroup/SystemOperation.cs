using MemoryPack;
using MfsHa.Metadata.Operations;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>
/// Something that the system group is asked to do. The union's tags are the wire and log format: never reused.
/// </summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(FormCluster))]
[MemoryPackUnion(2, typeof(GetCluster))]
[MemoryPackUnion(10, typeof(AddNode))]
[MemoryPackUnion(11, typeof(SetNodeState))]
[MemoryPackUnion(12, typeof(ListNodes))]
[MemoryPackUnion(13, typeof(DropConnections))]
[MemoryPackUnion(14, typeof(ForceNodes))]
[MemoryPackUnion(15, typeof(AnnounceFormats))]
[MemoryPackUnion(16, typeof(RaiseFormatLevel))]
[MemoryPackUnion(17, typeof(GetFormats))]
[MemoryPackUnion(20, typeof(CreateSession))]
[MemoryPackUnion(21, typeof(ReconnectSession))]
[MemoryPackUnion(22, typeof(SessionDisconnected))]
[MemoryPackUnion(23, typeof(CloseSession))]
[MemoryPackUnion(24, typeof(EndSession))]
[MemoryPackUnion(25, typeof(RemoveSession))]
[MemoryPackUnion(26, typeof(GetSession))]
[MemoryPackUnion(27, typeof(ListSessions))]
[MemoryPackUnion(28, typeof(ListDueSessions))]
[MemoryPackUnion(30, typeof(RegisterChunkServer))]
[MemoryPackUnion(31, typeof(ChunkServerDisconnected))]
[MemoryPackUnion(32, typeof(SetMaintenance))]
[MemoryPackUnion(33, typeof(RemoveChunkServer))]
[MemoryPackUnion(34, typeof(RemoveUnusedChunkServers))]
[MemoryPackUnion(35, typeof(ListChunkServers))]
[MemoryPackUnion(40, typeof(SetExports))]
[MemoryPackUnion(41, typeof(GetExports))]
[MemoryPackUnion(42, typeof(SetOption))]
[MemoryPackUnion(43, typeof(ListOptions))]
[MemoryPackUnion(50, typeof(LeaseIds))]
[MemoryPackUnion(51, typeof(ListLeases))]
[MemoryPackUnion(52, typeof(SetPlacement))]
[MemoryPackUnion(53, typeof(ListPlacements))]
[MemoryPackUnion(54, typeof(ForcePlacement))]
[MemoryPackUnion(55, typeof(ListForcedPlacements))]
[MemoryPackUnion(60, typeof(MarkSystemConsistencyPoint))]
public abstract partial record SystemOperation;

/// <summary>A deterministic change of the system group. First checks, then effects: a command that fails has changed nothing.</summary>
public abstract record SystemCommand : SystemOperation
{
    /// <summary>
    /// A random number that its sender keeps while it repeats the command: a repetition then gets the first answer.
    /// 0 for commands that may as well be executed twice.
    /// </summary>
    public ulong Token { get; init; }

    /// <summary>The first format level at which it may be in a log.</summary>
    [MemoryPackIgnore]
    public virtual byte Since => 1;

    /// <summary>The same command as it is written at a format level. One whose form has changed says here since when.</summary>
    public virtual SystemCommand At(byte level) => this;

    /// <summary>Checks and applies the change.</summary>
    public abstract SystemReply Execute(SystemState state, in OperationContext context);
}

/// <summary>A read of the system group.</summary>
public abstract record SystemQuery : SystemOperation
{
    /// <summary>Most records of one page.</summary>
    public const int MaxPage = 1000;

    /// <summary>Answers from the state; changes nothing.</summary>
    public abstract SystemReply Execute(SystemState state, in OperationContext context);
}

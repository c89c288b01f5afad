using MemoryPack;
using MfsHa.Metadata.Operations;

// Compiled into MfsHa.Metadata by -p:MfsHaFormatLevel=2 only: what stands for the next release in tests of rolling upgrades. It shows all three ways in which a level can differ: a command with one
// more field (this file), that leaves a trace in the state, and a command of the former form that does more (ShardPoint.cs).
namespace MfsHa.Metadata.SystemGroup;

[MemoryPackUnion(250, typeof(MarkSystemConsistencyPointWith))]
public abstract partial record SystemOperation;

public sealed partial record MarkSystemConsistencyPoint
{
    /// <inheritdoc/>
    public override SystemCommand At(byte level) => level >= 2 ? new MarkSystemConsistencyPointWith(Point, MarkSystemConsistencyPointWith.Text) : this;
}

/// <summary>The form of <see cref="MarkSystemConsistencyPoint"/> since level 2: it has a text that is kept.</summary>
[MemoryPackable]
public sealed partial record MarkSystemConsistencyPointWith(Guid Point, string Note) : SystemCommand, IConsistencyPoint
{
    /// <summary>What tests look for in the log stores.</summary>
    public const string Text = "written at format level 2";

    /// <inheritdoc/>
    public override byte Since => 2;

    /// <inheritdoc/>
    public override SystemReply Execute(SystemState state, in OperationContext context)
    {
        // Not among the members' numbers: nobody looks for it there.
        state.NodeFormats.Set(uint.MaxValue, new NodeFormats { Node = ushort.MaxValue, Incarnation = context.Now, Oldest = context.Level, Newest = context.Level, Release = Note });
        return SystemStatus.Ok;
    }
}

using MemoryPack;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Operations;

/// <summary>The answer to an operation. Tags are the wire format between nodes: never reused.</summary>
[MemoryPackable]
[MemoryPackUnion(1, typeof(StatusReply))]
[MemoryPackUnion(2, typeof(NodeReply))]
public abstract partial record Reply
{
    /// <summary>Outcome; everything but <see cref="StatusCode.Ok"/> means that nothing changed.</summary>
    [MemoryPackIgnore]
    public abstract StatusCode Status { get; }
}

/// <summary>Only a status.</summary>
[MemoryPackable]
public sealed partial record StatusReply(StatusCode Code) : Reply
{
    /// <summary>Success without data.</summary>
    public static readonly StatusReply Ok = new(StatusCode.Ok);

    /// <inheritdoc/>
    public override StatusCode Status => Code;
}

/// <summary>An object and its attributes as the caller may see them.</summary>
/// <param name="Inode">Inode number as the session calls it (its root is 1).</param>
/// <param name="Attributes">The attribute record.</param>
[MemoryPackable]
public sealed partial record NodeReply(uint Inode, AttributeRecord Attributes) : Reply
{
    /// <inheritdoc/>
    public override StatusCode Status => StatusCode.Ok;
}

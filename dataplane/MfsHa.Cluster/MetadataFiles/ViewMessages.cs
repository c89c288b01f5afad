using MemoryPack;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>Steps by which a node gets a group's records as they are at a mark from a node with a replica.</summary>
public enum ViewStep : byte
{
    /// <summary>From now on the mark opens a view for the caller.</summary>
    Expect = 1,

    /// <summary>The piece of a number; the same again when it is asked for again.</summary>
    Read = 2,

    /// <summary>It is not wanted any more.</summary>
    End = 3,
}

/// <summary>One step.</summary>
/// <param name="Point">The mark.</param>
/// <param name="Group">The group.</param>
/// <param name="Step">What is asked.</param>
/// <param name="Number">With <see cref="ViewStep.Read"/>: of the piece, from 0.</param>
[MemoryPackable]
public sealed partial record ViewCall(Guid Point, ushort Group, ViewStep Step, int Number);

/// <summary>What comes of a step.</summary>
public enum ViewStatus : byte
{
    /// <summary>Done; with a piece if one was asked for.</summary>
    Ok = 1,

    /// <summary>The mark is not applied yet: ask again.</summary>
    Waits = 2,

    /// <summary>There is no such piece: all have been read.</summary>
    End = 3,

    /// <summary>The node has no replica, or holds the view no longer.</summary>
    Gone = 4,
}

/// <summary>Answer to a <see cref="ViewCall"/>.</summary>
[MemoryPackable]
public sealed partial record ViewAnswer(ViewStatus Status, byte[] Piece);

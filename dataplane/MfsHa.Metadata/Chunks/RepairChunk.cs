using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// One step of REPAIR (client-protocol 3.5; mfsmaster/filesystem.c: fs_repair): a chunk without good copies takes the version of the copies that there are, or
/// is given up. The supervisor has looked. Also an empty chunk behind the file's end is given up so.
/// <para>Errors: EROFS, ENOENT, EPERM (not a file, immutable), EACCES, MISMATCH (the slot or the version is not what the supervisor saw).</para>
/// </summary>
[MemoryPackable]
public sealed partial record RepairChunk : Command
{
    /// <summary>The file, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Chunk index.</summary>
    public required uint Index { get; init; }

    /// <summary>Chunk that the supervisor saw in the slot.</summary>
    public required ulong SeenChunk { get; init; }

    /// <summary>Its version then; 0 if the chunk is unknown.</summary>
    public required uint SeenVersion { get; init; }

    /// <summary>New version; 0 = the slot becomes a hole.</summary>
    public required uint Version { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Version != 0)
        {
            state.SetRepairedVersion(SeenChunk, state.ChunkAnywhere(SeenChunk)!, Version);
        }
        else
        {
            state.ReleaseChunk(SeenChunk, inode!.StorageClass);
            inode = ChunkRules.Replace(state, number, inode, Index, 0);
        }

        state.Inodes.Set(number, inode! with { ModificationTime = context.Now, ChangeTime = context.Now });
        return StatusReply.Ok;
    }

    private StatusCode WhyNot(NamespaceState state, out uint number, out Inode? inode)
    {
        (number, inode) = (0, null);
        if (Caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(Caller, state, Inode, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (!inode.IsFile || inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (!AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write))
        {
            return StatusCode.EAcces;
        }

        var version = state.ChunkAnywhere(SeenChunk)?.Version ?? 0;
        var same = SeenChunk != 0 && state.ChunkAt(number, inode, Index) == SeenChunk && version == SeenVersion;
        return same && (Version == 0 || version != 0) && Version <= ChunkRules.MaxVersion ? StatusCode.Ok : StatusCode.Mismatch;
    }
}

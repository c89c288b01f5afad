using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>UNLINK (client-protocol 3.4; mfsmaster/filesystem.c: fs_unlink).</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">The entry; it must not name a directory.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record RemoveFile(uint Parent, Name Name, Caller Caller) : Command
{
    /// <summary>Paths of directories whose names other shards keep, for the last path of a file that goes.</summary>
    public OuterPath[]? OuterPaths { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<OuterPath>? KnownPaths => OuterPaths;

    /// <inheritdoc/>
    public override Command WithPaths(IReadOnlyList<OuterPath> paths) => this with { OuterPaths = [.. paths] };

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => SessionEntry.Find(Caller, state, Parent, Name) is null;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Removal.Check(Caller, state, Parent, Name, DisabledOperations.Unlink, out var directory, out var entry, out var inode);
        if (status == StatusCode.Ok && inode!.IsDirectory)
        {
            status = StatusCode.EPerm;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.Unlink(directory, Name, entry!, context.Now);
        return new InodeReply(entry!.Inode);
    }
}

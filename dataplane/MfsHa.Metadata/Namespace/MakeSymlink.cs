using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>SYMLINK (client-protocol 3.4; mfsmaster/filesystem.c: fs_symlink).</summary>
/// <param name="Parent">The directory, as the session calls it.</param>
/// <param name="Name">Name of the link.</param>
/// <param name="Target">What it points to, 1..4096 bytes; trailing NULs are taken off, others refused.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record MakeSymlink(uint Parent, Name Name, byte[] Target, Caller Caller) : Command
{
    /// <summary>Longest target, bytes.</summary>
    public const int MaxTargetLength = 4096;

    private const ushort LinkMode = 0x1FF;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Parent);

    /// <inheritdoc/>
    public override bool StillHolds(NamespaceState state, Reply first) => first is NodeReply made && SessionEntry.LeadsTo(Caller, state, Parent, Name, made.Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var target = Target.AsSpan().TrimEnd((byte)0).ToArray();
        var status = Caller.WhyNotChange(DisabledOperations.Symlink);
        if (status == StatusCode.Ok && (target.Length is 0 or > MaxTargetLength || target.AsSpan().Contains((byte)0)))
        {
            status = StatusCode.EInval;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        // Links have all permission bits: the umask does not concern them, so the session's is taken off the caller, too.
        var order = new CreationOrder(NodeType.Symlink, LinkMode, Umask: 0, Target: target);
        status = Creation.TryCreate(Caller with { Umask = 0 }, state, Parent, Name, order, context.Now, out var created);
        return status == StatusCode.Ok ? Creation.ReplyFor(Caller, state, created) : StatusReply.Of(status);
    }
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// PATH_LOOKUP (client-protocol 3.4; mfsmaster/filesystem.c: fs_path_lookup). Symbolic links are not followed; the path ends at a NUL.
/// </summary>
/// <param name="Base">Where the path begins, as the session calls it.</param>
/// <param name="Path">Components separated by slashes; leading and repeated slashes mean nothing.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record LookupPath(uint Base, byte[] Path, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Base);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFindDirectory(Caller, state, Base, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEntNoCache);
        }

        var end = Path.AsSpan().IndexOf((byte)0);
        var rest = end < 0 ? Path.AsSpan() : Path.AsSpan(0, end);
        var any = false;
        while (true)
        {
            rest = rest.TrimStart((byte)'/');
            if (rest.IsEmpty)
            {
                // "a/" names a directory without naming anything in it; "" and "/" name the base itself.
                return any ? new PathReply(SessionView.NameOf(Caller, number), default, 0, default) : Found(state, number);
            }

            any = true;
            var slash = rest.IndexOf((byte)'/');
            var component = slash < 0 ? rest : rest[..slash];
            if (component.Length > Name.MaxLength)
            {
                return StatusReply.Of(StatusCode.ENameTooLong);
            }

            var name = new Name(component.ToArray());
            var status = Step(state, number, inode, name, out var next);
            if (slash < 0)
            {
                return Last(state, number, inode, name, next, status);
            }

            if (status != StatusCode.Ok)
            {
                return StatusReply.Of(status);
            }

            number = next;
            inode = state.RequireDirectory(next);
            rest = rest[slash..];
        }
    }

    private StatusCode Step(NamespaceState state, uint number, Inode inode, Name name, out uint next)
    {
        next = number;
        if (!inode.IsDirectory)
        {
            return StatusCode.ENotDir;
        }

        if (!AccessCheck.Allows(Caller, state, number, inode, AccessMask.Execute))
        {
            return StatusCode.EAcces;
        }

        if (NameCheck.IsDot(name))
        {
            return StatusCode.Ok;
        }

        if (NameCheck.IsDotDot(name))
        {
            next = inode.Parent;
            return number == Caller.RootInode ? StatusCode.EPerm : next == 0 ? StatusCode.ENoEnt : StatusCode.Ok;
        }

        next = state.Entries.Get((number, name))?.Inode ?? 0;
        return next == 0 ? StatusCode.ENoEnt : StatusCode.Ok;
    }

    private Reply Last(NamespaceState state, uint number, Inode inode, Name name, uint found, StatusCode status)
    {
        if (status == StatusCode.Ok && (NameCheck.IsDot(name) || NameCheck.IsDotDot(name)))
        {
            return Found(state, found);
        }

        if (status == StatusCode.ENoEnt && !NameCheck.IsDotDot(name))
        {
            return new PathReply(SessionView.NameOf(Caller, number), name, 0, default);
        }

        return status == StatusCode.Ok
            ? new PathReply(
                SessionView.NameOf(Caller, number),
                name,
                SessionView.NameOf(Caller, found),
                AttributeView.Of(Caller, state, found, state.Inodes.Require(found), inode))
            : StatusReply.Of(status);
    }

    private PathReply Found(NamespaceState state, uint number) =>
        new(0, default, SessionView.NameOf(Caller, number), AttributeView.Of(Caller, state, number, state.Inodes.Require(number), through: null));
}

using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// Finds the directory that a session mounts (client-protocol 2.3; mfsmaster/filesystem.c: fs_getrootinode). Without permission checks:
/// exports decide.
/// </summary>
/// <param name="Path">From the global root; leading, repeated and trailing slashes mean nothing; ends at a NUL.</param>
[MemoryPackable]
public sealed partial record ResolveRoot(byte[] Path) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => NamespaceState.RootInode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var end = Path.AsSpan().IndexOf((byte)0);
        var rest = end < 0 ? Path.AsSpan() : Path.AsSpan(0, end);
        var number = NamespaceState.RootInode;
        for (rest = rest.TrimStart((byte)'/'); !rest.IsEmpty; rest = rest.TrimStart((byte)'/'))
        {
            var slash = rest.IndexOf((byte)'/');
            var component = slash < 0 ? rest : rest[..slash];
            rest = rest[component.Length..];
            if (component.Length > Name.MaxLength)
            {
                return StatusReply.Of(StatusCode.EInval);
            }

            var name = new Name(component.ToArray());
            if (!NameCheck.IsValid(name))
            {
                return StatusReply.Of(StatusCode.EInval);
            }

            if (state.Entries.Get((number, name)) is not { } entry)
            {
                return StatusReply.Of(StatusCode.ENoEnt);
            }

            number = entry.Inode;
            if (!state.Inodes.Require(number).IsDirectory)
            {
                return StatusReply.Of(StatusCode.ENotDir);
            }
        }

        return new InodeReply(number);
    }
}

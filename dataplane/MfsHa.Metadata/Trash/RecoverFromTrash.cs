using System.Globalization;
using System.Text;
using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>
/// TRASH_RECOVER (client-protocol 3.7; mfsmaster/filesystem.c: fs_univ_trash_recover): a trash file comes back under a directory of an ordinary session. Directories that are
/// missing are made for the caller; a name that is taken gets " (1)", " (2)" and so on before its extension, and the answer is the path with it
/// (<see cref="TrashPathReply"/>).
/// <para>Errors: EROFS, ENOENT (no trash file, no such directory), EPERM (not the owner, immutable directory), EACCES, ENOTDIR, EINVAL, EEXIST, QUOTA, NOSPACE.</para>
/// </summary>
/// <param name="Inode">The trash file.</param>
/// <param name="Base">Directory where the path begins, as the session calls it.</param>
/// <param name="Path">Where it is to be, relative to <paramref name="Base"/>.</param>
/// <param name="Umask">Bits that made directories do not get.</param>
/// <param name="CopySgid">Made directories inherit a set-group-id bit.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record RecoverFromTrash(uint Inode, uint Base, byte[] Path, ushort Umask, bool CopySgid, Caller Caller) : Command
{
    /// <summary>Longest path, bytes.</summary>
    public const int MaxPathLength = 4096;

    private const ushort DirectoryMode = 0x1FF;
    private const int MaxNamesTried = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var inode = state.Inodes.Get(Inode);
        var status = Caller.Has(SessionFlags.ReadOnly) ? StatusCode.ERofs
            : inode is not { Type: NodeType.Trash } ? StatusCode.ENoEnt
            : Caller.Uid != 0 && Caller.Uid != inode.Uid ? StatusCode.EPerm
            : StatusCode.Ok;
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Path.Length > MaxPathLength || UndeleteFile.Parts(Path) is not { } parts)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        status = Resolve(state, parts, state.Contribution(Inode, inode!), out var directory, out var missing);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var name = parts[^1];
        if (missing == 0)
        {
            if (FreeName(state, directory, name) is not { } free)
            {
                return StatusReply.Of(StatusCode.EExist);
            }

            name = free;
        }

        for (var i = parts.Count - 1 - missing; i < parts.Count - 1; i++)
        {
            var parent = state.Inodes.Require(directory);
            var child = Inheritance.NewObject(Caller, state, directory, parent, NodeType.Directory, DirectoryMode, (ushort)(Umask | Caller.Umask), CopySgid, out var acls);
            directory = state.CreateObject(directory, parent, parts[i], child, acls, context.Now).Number;
        }

        state.Revive(Inode, inode!);
        state.AttachEntry(directory, name, Inode, context.Now);
        return name == parts[^1] ? StatusReply.Ok : new TrashPathReply(Join(parts, name));
    }

    /// <summary>The name, or the first variant of it that is free; null when there are too many.</summary>
    private static Name? FreeName(NamespaceState state, uint directory, Name wanted)
    {
        if (!state.Entries.Contains((directory, wanted)))
        {
            return wanted;
        }

        var bytes = wanted.Span;
        var dot = bytes.LastIndexOf((byte)'.');
        var stem = dot > 0 ? bytes[..dot] : bytes;
        var extension = dot > 0 ? bytes[dot..] : default;
        for (var number = 1; number <= MaxNamesTried; number++)
        {
            var mark = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" ({number})"));
            var kept = Math.Min(stem.Length, Name.MaxLength - mark.Length - extension.Length);
            if (kept <= 0)
            {
                return null;
            }

            byte[] bytesOfVariant = [.. stem[..kept], .. mark, .. extension];
            var variant = new Name(bytesOfVariant);
            if (!state.Entries.Contains((directory, variant)))
            {
                return variant;
            }
        }

        return null;
    }

    private static byte[] Join(List<Name> parts, Name last)
    {
        var path = new List<byte>();
        foreach (var part in parts.Take(parts.Count - 1))
        {
            path.AddRange(part.Span);
            path.Add((byte)'/');
        }

        path.AddRange(last.Span);
        return [.. path];
    }

    /// <summary>Walks as far as the path exists. Everything is checked before anything is made.</summary>
    private StatusCode Resolve(NamespaceState state, List<Name> parts, in TotalsChange file, out uint directory, out int missing)
    {
        missing = 0;
        if (!SessionView.TryFind(Caller, state, Base, out directory, out var record))
        {
            return StatusCode.ENoEnt;
        }

        for (var i = 0; ; i++)
        {
            if (!record.IsDirectory)
            {
                return StatusCode.ENotDir;
            }

            var entry = i == parts.Count - 1 ? null : state.Entries.Get((directory, parts[i]));
            if (entry is null)
            {
                missing = parts.Count - 1 - i;
                var status = DirectoryCheck.WhyNotChange(Caller, state, directory, record, ExtraAttributes.Immutable);
                return status != StatusCode.Ok ? status
                    : state.ExceedsQuota(directory, file with { Inodes = file.Inodes + missing, Directories = file.Directories + missing }) ? StatusCode.Quota
                    : state.HasFreeInodes(missing) ? StatusCode.Ok
                    : StatusCode.NoSpace;
            }

            if (!AccessCheck.Allows(Caller, state, directory, record, AccessMask.Execute))
            {
                return StatusCode.EAcces;
            }

            directory = entry.Inode;
            record = state.Inodes.Require(directory);
        }
    }
}

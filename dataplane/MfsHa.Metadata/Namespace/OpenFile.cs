using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>
/// OPEN (client-protocol 3.4; mfsmaster/filesystem.c: fs_opencheck): registers the file as open for the session and perhaps empties it.
/// Nothing goes through the log when the session has it open already or may not open it.
/// </summary>
/// <param name="Inode">The file, as the session calls it.</param>
/// <param name="Flags">How it is opened.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record OpenFile(uint Inode, OpenFlags Flags, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <summary>True when it empties the file.</summary>
    [MemoryPackIgnore]
    public bool Truncates => (Flags & (OpenFlags.Truncate | OpenFlags.AfterCreate)) == OpenFlags.Truncate;

    /// <inheritdoc/>
    public override bool MayChangeNothing => true;

    /// <inheritdoc/>
    public override Reply? AnswerWithoutChange(NamespaceState state, in OperationContext context)
    {
        var status = Check(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        return Truncates || !state.IsOpenBy(number, Caller.Session) ? null : Opening.ReplyFor(Caller, state, number, inode!, through: null);
    }

    /// <summary>Opening twice is opening once, and gives the attributes of now.</summary>
    public override bool StillHolds(NamespaceState state, Reply first) => Truncates;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Check(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Truncates)
        {
            inode = state.SetFileLength(number, inode!, 0, context.Now);
            state.DropReservation(number);
        }

        state.Open(Caller.Session, number);
        return Opening.ReplyFor(Caller, state, number, inode!, through: null);
    }

    private StatusCode Check(NamespaceState state, out uint number, out Inode? inode)
    {
        number = 0;
        inode = null;
        var writes = (Flags & (OpenFlags.Write | OpenFlags.Truncate)) != 0;
        var empties = (Flags & OpenFlags.Truncate) != 0;
        if (empties && Caller.MayNot(DisabledOperations.Truncate))
        {
            return StatusCode.EPerm;
        }

        if (writes && Caller.Has(SessionFlags.ReadOnly))
        {
            return StatusCode.ERofs;
        }

        if (!SessionView.TryFind(Caller, state, Inode, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (!inode.IsFile || (writes && inode.Has(ExtraAttributes.Immutable)) || (empties && inode.Has(ExtraAttributes.AppendOnly)))
        {
            return StatusCode.EPerm;
        }

        if ((Flags & OpenFlags.AfterCreate) == 0)
        {
            var mask = ((Flags & OpenFlags.Read) != 0 ? AccessMask.Read : 0) | ((Flags & OpenFlags.Write) != 0 ? AccessMask.Write : 0);
            if (!AccessCheck.Allows(Caller, state, number, inode, mask)
                || (empties && !AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write)))
            {
                return StatusCode.EAcces;
            }
        }

        // A client that does not know the flag would write anywhere.
        return !Caller.KnowsFlags && inode.Has(ExtraAttributes.AppendOnly) && (Flags & OpenFlags.Write) != 0 ? StatusCode.EAcces : StatusCode.Ok;
    }
}

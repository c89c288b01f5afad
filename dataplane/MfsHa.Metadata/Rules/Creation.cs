using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>What a creation is asked for.</summary>
/// <param name="Type">Kind of object.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Umask">Bits taken off them, besides the session's.</param>
/// <param name="CopySgid">A new directory also gets a set-group-id bit.</param>
/// <param name="Device">Device number of a device.</param>
/// <param name="Target">Target of a symbolic link.</param>
internal readonly record struct CreationOrder(NodeType Type, ushort Mode, ushort Umask, bool CopySgid = false, uint Device = 0, byte[]? Target = null, ushort? Home = null);

/// <summary>An object that was just created.</summary>
internal readonly record struct CreatedObject(uint Number, Inode Inode, Inode Directory);

/// <summary>Creates objects of all kinds (mfsmaster/filesystem.c: fs_univ_create, fs_univ_symlink).</summary>
internal static class Creation
{
    /// <summary>Checks and creates. The status is <see cref="StatusCode.Ok"/> or says why nothing was created.</summary>
    public static StatusCode TryCreate(
        Caller caller, NamespaceState state, uint directory, Name name, in CreationOrder order, uint now, out CreatedObject created)
    {
        created = default;
        var growth = new TotalsChange(1, Length: order.Target?.Length ?? 0);
        if (!DirectoryCheck.CanAdd(caller, state, directory, name, growth, out var number, out var parent, out var status))
        {
            return status;
        }

        if (!state.HasFreeInode)
        {
            return StatusCode.NoSpace;
        }

        var inode = Inheritance.NewObject(
            caller, state, number, parent, order.Type, order.Mode, (ushort)(order.Umask | caller.Umask), order.CopySgid, out var acls);
        if (order.Type is NodeType.Symlink or NodeType.BlockDevice or NodeType.CharDevice)
        {
            inode = inode with { Target = order.Target, Device = order.Device };
        }

        var (made, record) = state.CreateObject(number, parent, name, inode, acls, now, order.Home);
        if (order.Type != NodeType.Symlink)
        {
            record = state.WithPatterns(caller, name, made, record);
        }

        created = new CreatedObject(made, record, parent);
        return StatusCode.Ok;
    }

    /// <summary>The usual answer.</summary>
    public static NodeReply ReplyFor(Caller caller, NamespaceState state, in CreatedObject created) =>
        new(created.Number, AttributeView.Of(caller, state, created.Number, created.Inode, created.Directory));
}

using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>POSIX ACLs.</content>
public sealed partial class NamespaceState
{
    /// <summary>The ACL that decides access to an object; null if its mode bits do.</summary>
    public PosixAcl? AccessAcl(uint number, Inode inode) => inode.HasAccessAcl ? Acls.Require((number, (uint)AclType.Access)) : null;

    /// <summary>The ACL that a directory hands on; null if it has none.</summary>
    public PosixAcl? DefaultAcl(uint number, Inode inode) => inode.HasDefaultAcl ? Acls.Require((number, (uint)AclType.Default)) : null;

    private void RemoveAcls(uint number, Inode inode)
    {
        if (inode.HasAccessAcl)
        {
            Acls.Remove((number, (uint)AclType.Access));
        }

        if (inode.HasDefaultAcl)
        {
            Acls.Remove((number, (uint)AclType.Default));
        }
    }
}

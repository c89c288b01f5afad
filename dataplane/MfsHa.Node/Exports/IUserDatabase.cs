namespace MfsHa.Node.Exports;

/// <summary>The users and groups of this machine, by which names in mfsexports.cfg become numbers.</summary>
public interface IUserDatabase
{
    /// <summary>uid and primary gid of a user; null when there is none of that name.</summary>
    (uint Uid, uint Gid)? FindUser(string name);

    /// <summary>Primary gid of a user; null when there is none of that number.</summary>
    uint? FindPrimaryGroup(uint uid);

    /// <summary>gid of a group; null when there is none of that name.</summary>
    uint? FindGroup(string name);
}

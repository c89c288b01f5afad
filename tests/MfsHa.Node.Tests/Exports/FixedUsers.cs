using MfsHa.Node.Exports;

namespace MfsHa.Node.Tests.Exports;

/// <summary>The users of the machine on which Recorded/ was recorded.</summary>
internal sealed class FixedUsers : IUserDatabase
{
    private static readonly Dictionary<string, (uint Uid, uint Gid)> _users = new()
    {
        ["root"] = (0, 0),
        ["daemon"] = (1, 1),
        ["www-data"] = (33, 33),
        ["mfs"] = (420, 420),
        ["nobody"] = (65534, 65534),
    };

    public static FixedUsers Instance { get; } = new();

    public (uint Uid, uint Gid)? FindUser(string name) => _users.TryGetValue(name, out (uint, uint) user) ? user : null;

    public uint? FindPrimaryGroup(uint uid) => _users.Values.Where(u => u.Uid == uid).Select(u => (uint?)u.Gid).FirstOrDefault();

    public uint? FindGroup(string name) => FindUser(name)?.Gid;
}

using System.Globalization;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Exports;
using MfsHa.Node.Posix;

namespace MfsHa.Node.Daemon;

/// <summary>The user that a node started by root becomes (`mfscommon/main.c: changeugid`).</summary>
/// <param name="Name">Its name; null when only the number was given.</param>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Group id.</param>
internal sealed record WorkingUser(string? Name, uint Uid, uint Gid)
{
    /// <summary>True when there is nothing to give up.</summary>
    public bool IsRoot => Uid == 0 && Gid == 0;

    /// <summary>Finds it.</summary>
    /// <exception cref="ConfigurationException">There is no such user or group.</exception>
    public static WorkingUser Find(ProcessConfiguration process, IUserDatabase users)
    {
        (uint Uid, uint Gid)? user;
        bool isNumber = TryNumber(process.User, out uint number);
        if (isNumber)
        {
            // Without a group the user must exist, because its own group is wanted; with one it need not.
            user = users.FindPrimaryGroup(number) is { } own ? (number, own) : process.Group.Length > 0 ? (number, 0) : null;
        }
        else
        {
            user = users.FindUser(process.User);
        }

        if (user is not { } found)
        {
            throw Unknown(ProcessKeys.WorkingUser, process.User, "a user of this machine (or root, to stay root)");
        }

        uint? group = process.Group.Length == 0 ? found.Gid : TryNumber(process.Group, out uint gid) ? gid : users.FindGroup(process.Group);
        return new WorkingUser(
            isNumber ? null : process.User, found.Uid, group ?? throw Unknown(ProcessKeys.WorkingGroup, process.Group, "a group of this machine"));
    }

    /// <summary>Becomes it, for good.</summary>
    public unsafe void Become()
    {
        if (IsRoot)
        {
            return;
        }

        uint gid = Gid;
        PosixException.ThrowIfFailed(
            Name is null ? NativeMethods.SetGroups(1, &gid) : NativeMethods.SetGroupsOfUser(Name, gid), $"cannot take the groups of {this}");
        PosixException.ThrowIfFailed(NativeMethods.SetGroup(Gid), $"cannot take group {Gid}");
        PosixException.ThrowIfFailed(NativeMethods.SetUser(Uid), $"cannot become {this}");
    }

    /// <inheritdoc/>
    public override string ToString() => Name ?? $"#{Uid}";

    private static bool TryNumber(string text, out uint number)
    {
        number = 0;
        return text.StartsWith('#') && uint.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static ConfigurationException Unknown(ConfigurationKey key, string found, string expected) =>
        new([new ConfigurationError(new ConfigurationOrigin(null, 0, "configuration"), key.Name, expected, $"\"{found}\"")]);
}

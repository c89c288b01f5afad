using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Logging;
using MfsHa.Node.Posix;

namespace MfsHa.Node.Daemon;

/// <summary>
/// Gives a node's directories to the working user. Only directories that are evidently the node's own are taken over: a slip in DATA_PATH must not give
/// /etc away.
/// </summary>
internal static class DirectoryOwner
{
    // In the root of every ext4 volume.
    private const string LostAndFound = "lost+found";
    private const int CurrentDirectory = -100;
    private const uint AskForUid = 8;

    private static readonly string[] _marks = [LockFile.Name, NodeLog.FileName];

    /// <summary>Changes the owner of a directory and of everything in it; symbolic links are not followed.</summary>
    /// <exception cref="ConfigurationException">The directory has contents and is not a node's.</exception>
    /// <exception cref="PosixException">The system refuses.</exception>
    public static void Give(string directory, WorkingUser user)
    {
        bool isOwn = _marks.Any(m => File.Exists(Path.Combine(directory, m)));
        if (isOwn || Directory.EnumerateFileSystemEntries(directory).All(e => Path.GetFileName(e) == LostAndFound))
        {
            Change(directory, user);
            foreach (string entry in Directory.EnumerateFileSystemEntries(
                directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false }))
            {
                Change(entry, user);
            }

            return;
        }

        if (OwnerOf(directory) != user.Uid)
        {
            throw new ConfigurationException(
            [
                new ConfigurationError(
                    new ConfigurationOrigin(null, 0, "configuration"), ClusterKeys.DataPath.Name,
                    $"an empty directory, one that a node has used, or one of user {user}", directory, "it has contents of somebody else; if it is right, change its owner by hand"),
            ]);
        }
    }

    private static unsafe uint OwnerOf(string directory)
    {
        NativeStatus status;
        PosixException.ThrowIfFailed(NativeMethods.GetStatus(CurrentDirectory, directory, 0, AskForUid, &status), $"cannot look at {directory}");
        return status.Uid;
    }

    private static void Change(string path, WorkingUser user) =>
        PosixException.ThrowIfFailed(NativeMethods.ChangeOwner(path, user.Uid, user.Gid), $"cannot give {path} to {user}");
}

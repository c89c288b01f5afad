using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>A file's status as text with everything that two services must agree on, and nothing else.</summary>
internal static class StatusText
{
    public static string Of(FileStatus status, TimeScale times)
    {
        // A directory's size is a service's own measure of what is below it, and inode numbers are its own choice.
        var size = status.Kind is FileKind.Directory ? "" : $" size {status.Size}";
        var device = status.Kind is FileKind.BlockDevice or FileKind.CharacterDevice ? $" device {status.RawDevice}" : "";
        return $"{status.Kind} {Convert.ToString(status.Mode, 8)} {status.User}:{status.Group} links {status.Links}{size}{device}"
            + $" atime {times.Describe(status.AccessTime)} mtime {times.Describe(status.ModificationTime)} ctime {times.Describe(status.ChangeTime)}";
    }
}

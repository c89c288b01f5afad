using MfsHa.Playground.MooseFs;
using MfsHa.Playground.Processes;

namespace MfsHa.Demo.Requirements;

/// <summary>Looks whether this machine can run the demo before anything is touched.</summary>
public static class Machine
{
    /// <summary>Three logs, three states and two chunkservers' disks take about 200 MiB; chunkservers want some to stay free.</summary>
    private const long FreeBytes = 512L << 20;
    private const string Script = "or, in the source tree, scripts/install-prerequisites.sh";

    private static readonly (string Program, string Package)[] Tools =
        [("ip", "iproute2"), ("nsenter", "util-linux"), ("setsid", "util-linux"), ("sh", "dash")];

    /// <summary>What is missing; nothing: the demo can run.</summary>
    public static IReadOnlyList<Requirement> Check(MooseFsRelease release, string folder)
    {
        List<Requirement> missing = [];
        if (!Environment.IsPrivilegedProcess)
        {
            missing.Add(new("root: network namespaces and mounts need it", "run it with sudo"));
        }
        foreach (var (program, package) in Tools.Where(static tool => ProgramPath.Find(tool.Program) is null))
        {
            missing.Add(new($"the program {program}", $"apt-get install {package}"));
        }
        Add("mfsmount", "moosefs-client", release.HasMount);
        Add("mfschunkserver", "moosefs-chunkserver", release.HasChunkServer);
        if (!File.Exists("/dev/fuse"))
        {
            missing.Add(new("/dev/fuse", "modprobe fuse; in a container: --device /dev/fuse"));
        }
        if (!Directory.Exists(folder))
        {
            missing.Add(new($"the directory {folder}", "make it, or name another one: --directory"));
        }
        else if (new DriveInfo(folder).AvailableFreeSpace is var free && free < FreeBytes)
        {
            missing.Add(new($"{FreeBytes >> 20} MiB of free space in {folder} (there are {free >> 20})", "--directory names another place"));
        }
        return missing;

        void Add(string program, string package, bool isThere)
        {
            if (!isThere)
            {
                missing.Add(release == MooseFsRelease.Installed
                    ? new($"{program} of MooseFS, not in PATH", $"apt-get install {package}, {Script}")
                    : new($"{program} of MooseFS {release}", $"in the source tree, scripts/install-prerequisites.sh"));
            }
        }
    }
}

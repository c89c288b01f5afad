using MfsHa.Playground.Processes;

namespace MfsHa.Playground.MooseFs;

/// <summary>The unmodified MooseFS programs of one version.</summary>
/// <param name="Name">For names of tests and processes.</param>
/// <param name="Root">The folder under which they are installed; null: those that PATH finds.</param>
public sealed record MooseFsRelease(string Name, string? Root)
{
    /// <summary>3.0.117 as Debian 12 installs it.</summary>
    public static MooseFsRelease V3 { get; } = new("3.0.117", "/");

    /// <summary>4.56.6 from Debian 12's backports, unpacked beside it by <c>scripts/install-moosefs.sh</c>.</summary>
    public static MooseFsRelease V4 { get; } = new("4.56.6", Path.Combine(CacheFolder, "mfsha", "moosefs-4"));

    /// <summary>Whatever version this machine has.</summary>
    public static MooseFsRelease Installed { get; } = new("as installed", null);

    public string Master => Program("usr/sbin/mfsmaster");

    public string ChunkServer => Program(ChunkServerPath);

    public string MetaLogger => Program("usr/sbin/mfsmetalogger");

    public string Mount => Program(MountPath);

    /// <summary>Whether there is an mfschunkserver.</summary>
    public bool HasChunkServer => Find(ChunkServerPath) is not null;

    /// <summary>Whether there is an mfsmount.</summary>
    public bool HasMount => Find(MountPath) is not null;

    /// <summary>The command line of one of the mfstools; it has to run on the host of the mount it speaks of.</summary>
    public string[] Tool(string name, params string[] arguments) => [Program($"usr/bin/{name}"), .. arguments];

    public string EmptyMetadata => Program("var/lib/mfs/metadata.mfs.empty");

    private const string ChunkServerPath = "usr/sbin/mfschunkserver";
    private const string MountPath = "usr/bin/mfsmount";

    private static string CacheFolder => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    public override string ToString() => Name;

    private string Program(string path)
        => Find(path) ?? throw new FileNotFoundException($"MooseFS {Name} is not installed (scripts/install-moosefs.sh)", path);

    private string? Find(string path)
    {
        if (Root is null)
        {
            return ProgramPath.Find(Path.GetFileName(path));
        }
        var full = Path.Combine(Root, path);
        return File.Exists(full) ? full : null;
    }
}

namespace MfsHa.Playground.MooseFs;

/// <summary>The unmodified MooseFS programs of one version; <c>scripts/install-moosefs.sh</c> puts both here.</summary>
public sealed record MooseFsRelease(string Name, string Root)
{
    /// <summary>3.0.117 as Debian 12 installs it.</summary>
    public static MooseFsRelease V3 { get; } = new("3.0.117", "/");

    /// <summary>4.56.6 from Debian 12's backports, unpacked beside it.</summary>
    public static MooseFsRelease V4 { get; } = new("4.56.6", Path.Combine(CacheFolder, "mfsha", "moosefs-4"));

    public string Master => Program("usr/sbin/mfsmaster");

    public string ChunkServer => Program("usr/sbin/mfschunkserver");

    public string Mount => Program("usr/bin/mfsmount");

    /// <summary>The command line of one of the mfstools; it has to run on the host of the mount it speaks of.</summary>
    public string[] Tool(string name, params string[] arguments) => [Program($"usr/bin/{name}"), .. arguments];

    public string EmptyMetadata => Program("var/lib/mfs/metadata.mfs.empty");

    private static string CacheFolder => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    public override string ToString() => Name;

    private string Program(string path)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) ? full : throw new FileNotFoundException($"MooseFS {Name} is not installed (scripts/install-moosefs.sh)", full);
    }
}

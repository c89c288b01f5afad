namespace MfsHa.Testbed.MfsHaNodes;

/// <summary>Where the programs under test are: <c>MFSHA_BIN</c>, <c>MFSHA_ADMIN_BIN</c>, <c>MFSHA_BACKUP_BIN</c>, <c>MFSHA_NEXT_BIN</c>, or this repository's newest build.</summary>
public static class MfsHaPrograms
{
    public static string Node => Find("MFSHA_BIN", "MfsHa.Node", "mfsha");

    /// <summary>What stands for the next release, with a format level more: <c>MFSHA_NEXT_BIN</c>, or what scripts/build-next-format.sh has built.</summary>
    public static string NextNode
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("MFSHA_NEXT_BIN") is { Length: > 0 } configured
                ? Path.GetFullPath(configured)
                : Path.Combine(Repository, "artifacts", "next-format", "bin", "MfsHa.Node", "release", "mfsha");
            return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: scripts/build-next-format.sh builds it, or MFSHA_NEXT_BIN names it");
        }
    }

    public static string Admin => Find("MFSHA_ADMIN_BIN", "MfsHa.Admin", "mfsha-admin");

    public static string Backup => Find("MFSHA_BACKUP_BIN", "MfsHa.Backup", "mfsha-backup");

    private static string Find(string variable, string project, string program)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } configured)
        {
            return Path.GetFullPath(configured);
        }
        string[] candidates = [Build("Release"), Build("Debug")];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{program} is not built, and {variable} does not name it; looked for {string.Join(", ", candidates)}");

        string Build(string kind) => Path.Combine(Repository, "dataplane", project, "bin", kind, "net10.0", program);
    }

    private static string Repository
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "MfsHa.sln")))
                {
                    return folder.FullName;
                }
            }
            throw new DirectoryNotFoundException($"no MfsHa.sln above {AppContext.BaseDirectory}");
        }
    }
}

namespace MfsHa.Node.Tests;

/// <summary>Finds files of the source tree.</summary>
internal static class Repository
{
    /// <summary>The folder of MfsHa.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MfsHa.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("tests run outside of the source tree");
    }
}

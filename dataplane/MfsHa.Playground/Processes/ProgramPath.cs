namespace MfsHa.Playground.Processes;

/// <summary>Programs that PATH finds.</summary>
public static class ProgramPath
{
    /// <summary>The program's file; null: there is none.</summary>
    public static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}

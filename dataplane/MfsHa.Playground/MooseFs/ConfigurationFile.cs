namespace MfsHa.Playground.MooseFs;

/// <summary>Writes <c>KEY = value</c> files, the form of all MooseFS programs and of mfsha.</summary>
public static class ConfigurationFile
{
    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> settings)
        => File.WriteAllLines(path, settings.Select(static pair => $"{pair.Key} = {pair.Value}"));
}

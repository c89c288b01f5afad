using System.Collections.Frozen;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>
/// Reads the configuration of a node: defaults, over them the file, over that the environment (a variable of the key's name; an empty
/// variable counts as not set). Either everything is right or everything that is wrong is reported at once.
/// </summary>
public static class ConfigurationReader
{
    /// <summary>Keys by name.</summary>
    public static FrozenDictionary<string, ConfigurationKey> KeysByName { get; } =
        KeySection.All.SelectMany(s => s.Keys).ToFrozenDictionary(k => k.Name);

    /// <summary>Reads a file, or none, and an environment.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    /// <exception cref="ConfigurationException">The configuration is refused.</exception>
    public static LoadedConfiguration Load(string? path, Func<string, string?> environment) =>
        Read(path is null ? ConfigurationFile.Empty : ConfigurationFile.Load(path), environment);

    /// <summary>As <see cref="Load"/>, with a file that was parsed already.</summary>
    public static LoadedConfiguration Read(ConfigurationFile file, Func<string, string?> environment)
    {
        var errors = new List<ConfigurationError>(file.Errors);
        var warnings = new List<string>(file.Warnings);
        foreach (ConfigurationEntry entry in file.Entries.Where(e => !KeysByName.ContainsKey(e.Name)))
        {
            if (ForeignKeys.Reasons.TryGetValue(entry.Name, out string? reason))
            {
                warnings.Add($"{entry.Origin}: {entry.Name} has no effect: {reason}");
            }
            else
            {
                errors.Add(new ConfigurationError(entry.Origin, entry.Name, "a known key", "an unknown one", KeyNames.Suggest(entry.Name)));
            }
        }

        var items = new Dictionary<string, ConfigurationValues.Item>();
        FrozenDictionary<string, ConfigurationEntry> byName = file.Entries.ToFrozenDictionary(e => e.Name);
        foreach (ConfigurationKey key in KeySection.All.SelectMany(s => s.Keys))
        {
            ConfigurationEntry entry = Choose(key, byName.GetValueOrDefault(key.Name), environment, warnings);
            if (!key.TryParse(entry.Value, out object? value))
            {
                string found = key.IsSecret ? "something else" : ConfigurationFile.Quote(entry.Value);
                errors.Add(new ConfigurationError(entry.Origin, key.Name, key.Expected, found));
                continue;
            }

            if (key.TakesHashLiterally && !key.IsSecret && entry.Value.Contains(" #", StringComparison.Ordinal))
            {
                warnings.Add($"{entry.Origin}: {key.Name}: what follows '#' is part of the value; comments stand on lines of their own");
            }

            items[key.Name] = new ConfigurationValues.Item(entry.Value, value, entry.Origin);
        }

        // Contradictions are looked for only where the values themselves are right, but then all of them.
        var values = new ConfigurationValues(items);
        NodeConfiguration? node = null;
        if (items.Count == KeysByName.Count)
        {
            node = NodeConfiguration.From(values);
            ConfigurationChecks.Run(node, values, errors, warnings);
        }

        return errors.Count > 0 || node is null
            ? throw new ConfigurationException([.. errors.OrderBy(e => e.Origin.File is null).ThenBy(e => e.Origin.Line)])
            : new LoadedConfiguration(node, values, warnings);
    }

    /// <summary>
    /// Reads <c>DATA_PATH</c> alone, however wrong the rest may be: a node that runs must be found, and can be stopped, with a broken file, too.
    /// </summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or the path is wrong.</exception>
    public static string LoadDataPath(string? path, Func<string, string?> environment)
    {
        ConfigurationFile file = path is null ? ConfigurationFile.Empty : ConfigurationFile.Load(path);
        ConfigurationKey<string> key = ClusterKeys.DataPath;
        ConfigurationEntry entry = Choose(key, file.Entries.FirstOrDefault(e => e.Name == key.Name), environment, []);
        return key.TryParse(entry.Value, out object? value)
            ? (string)value!
            : throw new ConfigurationException([new ConfigurationError(entry.Origin, key.Name, key.Expected, ConfigurationFile.Quote(entry.Value))]);
    }

    private static ConfigurationEntry Choose(
        ConfigurationKey key, ConfigurationEntry? fromFile, Func<string, string?> environment, List<string> warnings)
    {
        string? variable = environment(key.Name)?.Trim();
        if (!string.IsNullOrEmpty(variable))
        {
            // Kubernetes gives every pod variables named after services: a service "mfsha" makes MFSHA_PORT=tcp://10.0.0.1:9430.
            if (key == ClusterKeys.Port && variable.StartsWith("tcp://", StringComparison.Ordinal))
            {
                warnings.Add($"environment: {key.Name}={variable} comes from a Kubernetes service and is left aside; set enableServiceLinks: false");
            }
            else
            {
                return new ConfigurationEntry(key.Name, variable, ConfigurationOrigin.Environment);
            }
        }

        return fromFile ?? new ConfigurationEntry(key.Name, key.DefaultText, ConfigurationOrigin.Default);
    }
}

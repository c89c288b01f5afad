namespace MfsHa.Node.Configuration;

/// <summary>A configuration that was read without errors.</summary>
/// <param name="Node">The typed values.</param>
/// <param name="Values">The same with texts and origins.</param>
/// <param name="Warnings">What is accepted but should be said: unknown consequences, ignored keys, doubled keys.</param>
public sealed record LoadedConfiguration(NodeConfiguration Node, ConfigurationValues Values, IReadOnlyList<string> Warnings)
{
    /// <summary>This configuration with what was set for all nodes, which wins over file and environment. What this node cannot take is left out, with a warning.</summary>
    /// <exception cref="ConfigurationException">The mixture contradicts itself.</exception>
    public LoadedConfiguration WithClusterOptions(IReadOnlyDictionary<string, string> options)
    {
        if (options.Count == 0)
        {
            return this;
        }

        var warnings = new List<string>(Warnings);
        ConfigurationValues mixed = Values.With(options, warnings);
        var node = NodeConfiguration.From(mixed);
        var errors = new List<ConfigurationError>();
        ConfigurationChecks.Run(node, mixed, errors, []);
        return errors.Count == 0 ? new LoadedConfiguration(node, mixed, warnings) : throw new ConfigurationException([.. errors]);
    }

    /// <summary>This configuration with those values of another that may change while a node runs.</summary>
    /// <exception cref="ConfigurationException">The mixture contradicts itself.</exception>
    public LoadedConfiguration WithReloadable(LoadedConfiguration next)
    {
        ConfigurationValues mixed = Values.WithReloadable(next.Values);
        var node = NodeConfiguration.From(mixed);
        var errors = new List<ConfigurationError>();
        var warnings = new List<string>();
        ConfigurationChecks.Run(node, mixed, errors, warnings);
        return errors.Count == 0 ? new LoadedConfiguration(node, mixed, next.Warnings) : throw new ConfigurationException([.. errors]);
    }
}

using MfsHa.Cluster.Formation;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Commands;

/// <summary>A node that was given its id on the command line keeps it in its data directory: file and environment need not say it.</summary>
internal static class ImpliedNodeId
{
    /// <summary>The process's environment, with MFSHA_NODE_ID where neither it nor the file has it.</summary>
    /// <param name="file">The configuration file; null for none.</param>
    /// <param name="given">The id on the command line; null for none.</param>
    public static Func<string, string?> Environment(string? file, int? given) => name =>
    {
        string? value = System.Environment.GetEnvironmentVariable(name);
        return string.IsNullOrWhiteSpace(value) && name == ClusterKeys.NodeId.Name && !IsInFile(file)
            ? (given ?? OrderedId(file))?.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : value;
    };

    private static bool IsInFile(string? file) => file is not null && ConfigurationFile.Load(file).Entries.Any(static e => e.Name == ClusterKeys.NodeId.Name);

    private static int? OrderedId(string? file)
    {
        string directory = ConfigurationReader.LoadDataPath(file, System.Environment.GetEnvironmentVariable);
        return FormationOrder.Load(directory)?.Node;
    }
}

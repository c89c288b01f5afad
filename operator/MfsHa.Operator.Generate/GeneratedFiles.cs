using MfsHa.Operator.Controller;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Generation;

namespace MfsHa.Operator.Generate;

/// <summary>Files of the repository that are made from the operator's types.</summary>
public static class GeneratedFiles
{
    private const string Header = "# Made by operator/MfsHa.Operator.Generate from the operator's C# types; do not edit.\n";

    private static readonly Type[] _kinds = [typeof(V1MfsHaCluster), typeof(V1MfsHaBackup), typeof(V1MfsHaScheduledBackup), typeof(V1MfsHaRestore), typeof(V1MfsHaOperation)];

    private static readonly Type[] _controllers =
        [typeof(V1MfsHaClusterController), typeof(V1MfsHaBackupController), typeof(V1MfsHaScheduledBackupController), typeof(V1MfsHaRestoreController), typeof(V1MfsHaOperationController)];

    /// <summary>Contents by path below the repository's root.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(Files().ToDictionary(), StringComparer.Ordinal);

    // The chart has its own copies: a chart is a directory that holds everything.
    private static IEnumerable<KeyValuePair<string, string>> Files()
    {
        foreach (Type kind in _kinds)
        {
            ApiResource resource = ApiResource.Of(kind);
            string yaml = Header + CrdGenerator.Yaml(kind);
            yield return new($"crds/{resource}.yaml", yaml);
            yield return new($"helm/mfsha-operator/crds/{resource}.yaml", yaml);
        }

        yield return new("helm/mfsha-cluster/values.schema.json", ChartSchema.Json());
        string role = Header + RbacGenerator.Yaml("mfsha-operator", _controllers);
        yield return new("config/rbac/role.yaml", role);
        yield return new("helm/mfsha-operator/templates/role.yaml", role);
    }
}

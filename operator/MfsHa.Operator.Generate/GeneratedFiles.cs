using MfsHa.Operator.Controller;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Generation;

namespace MfsHa.Operator.Generate;

/// <summary>Files of the repository that are made from the operator's types.</summary>
public static class GeneratedFiles
{
    private const string Header = "# Made by operator/MfsHa.Operator.Generate from the operator's C# types; do not edit.\n";

    /// <summary>Contents by path below the repository's root.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["crds/mfshaclusters.mfsha.io.yaml"] = Header + CrdGenerator.Yaml(typeof(V1MfsHaCluster)),
        ["crds/mfshabackups.mfsha.io.yaml"] = Header + CrdGenerator.Yaml(typeof(V1MfsHaBackup)),
        ["crds/mfshascheduledbackups.mfsha.io.yaml"] = Header + CrdGenerator.Yaml(typeof(V1MfsHaScheduledBackup)),
        ["crds/mfshaoperations.mfsha.io.yaml"] = Header + CrdGenerator.Yaml(typeof(V1MfsHaOperation)),
        ["config/rbac/role.yaml"] = Header + RbacGenerator.Yaml(
            "mfsha-operator", [typeof(V1MfsHaClusterController), typeof(V1MfsHaBackupController), typeof(V1MfsHaScheduledBackupController), typeof(V1MfsHaOperationController)]),
    };
}

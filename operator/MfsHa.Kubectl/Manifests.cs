using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>Objects that commands make; pure.</summary>
internal static class Manifests
{
    private const string ApiVersion = "mfsha.io/v1";

    /// <summary>One-time work.</summary>
    public static JsonObject Operation(string cluster, string type, int? node)
    {
        var spec = new JsonObject { ["cluster"] = cluster, ["type"] = type };
        if (node is { } number)
        {
            spec["node"] = number;
        }

        return Object("MfsHaOperation", new JsonObject { ["generateName"] = type.ToLowerInvariant() + "-" }, spec);
    }

    /// <summary>One backup.</summary>
    public static JsonObject Backup(string cluster, string? name, string claim) => Object(
        "MfsHaBackup",
        name is null ? new JsonObject { ["generateName"] = cluster + "-" } : new JsonObject { ["name"] = name },
        new JsonObject { ["cluster"] = cluster, ["target"] = new JsonObject { ["claimName"] = claim } });

    /// <summary>A cluster goes back to a backup.</summary>
    public static JsonObject Restore(string cluster, string backup) => Object(
        "MfsHaRestore", new JsonObject { ["generateName"] = cluster + "-" }, new JsonObject { ["cluster"] = cluster, ["confirm"] = cluster, ["backup"] = backup });

    /// <summary>A new cluster from a backup.</summary>
    public static JsonObject Restored(string name, int replicas, string size, string claim, string path) => Object(
        "MfsHaCluster",
        new JsonObject { ["name"] = name },
        new JsonObject
        {
            ["replicas"] = replicas,
            ["storage"] = new JsonObject { ["size"] = size },
            ["bootstrap"] = new JsonObject { ["fromBackup"] = new JsonObject { ["claimName"] = claim, ["path"] = path } },
        });

    private static JsonObject Object(string kind, JsonObject metadata, JsonObject spec) => new() { ["apiVersion"] = ApiVersion, ["kind"] = kind, ["metadata"] = metadata, ["spec"] = spec };
}

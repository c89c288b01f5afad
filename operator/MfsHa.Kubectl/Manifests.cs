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

    /// <summary>A majority is lost for good: the cluster goes on with some nodes.</summary>
    public static JsonObject Recovery(string cluster, IEnumerable<int> nodes) => Object(
        "MfsHaOperation",
        new JsonObject { ["generateName"] = "recoverquorum-" },
        new JsonObject { ["cluster"] = cluster, ["type"] = "RecoverQuorum", ["nodes"] = new JsonArray([.. nodes.Select(static n => JsonValue.Create(n))]), ["confirm"] = cluster });

    /// <summary>One backup.</summary>
    public static JsonObject Backup(string cluster, string? name, JsonObject target) => Object(
        "MfsHaBackup",
        name is null ? new JsonObject { ["generateName"] = cluster + "-" } : new JsonObject { ["name"] = name },
        new JsonObject { ["cluster"] = cluster, ["target"] = target });

    /// <summary>A bucket of an object store, as a target.</summary>
    public static JsonObject Store(string bucket, string secret, string? endpoint, string? prefix, string? region)
    {
        var store = new JsonObject { ["bucket"] = bucket, ["credentialsSecret"] = secret };
        foreach ((string field, string? value) in new[] { ("endpoint", endpoint), ("prefix", prefix), ("region", region) })
        {
            if (value is not null)
            {
                store[field] = value;
            }
        }

        return new JsonObject { ["s3"] = store };
    }

    /// <summary>A cluster goes back to a backup.</summary>
    public static JsonObject Restore(string cluster, string backup) => Object(
        "MfsHaRestore", new JsonObject { ["generateName"] = cluster + "-" }, new JsonObject { ["cluster"] = cluster, ["confirm"] = cluster, ["backup"] = backup });

    /// <summary>A new cluster from a backup.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="replicas">Its nodes.</param>
    /// <param name="size">Size of each volume.</param>
    /// <param name="target">The backup's target: where it was brought.</param>
    /// <param name="path">Where it is there.</param>
    public static JsonObject Restored(string name, int replicas, string size, JsonNode target, string path)
    {
        var source = new JsonObject { ["path"] = path };
        foreach (string kind in new[] { "claimName", "s3" })
        {
            if (target[kind] is { } place)
            {
                source[kind] = place.DeepClone();
            }
        }

        return Object(
            "MfsHaCluster",
            new JsonObject { ["name"] = name },
            new JsonObject
            {
                ["replicas"] = replicas,
                ["storage"] = new JsonObject { ["size"] = size },
                ["bootstrap"] = new JsonObject { ["fromBackup"] = source },
            });
    }

    private static JsonObject Object(string kind, JsonObject metadata, JsonObject spec) => new() { ["apiVersion"] = ApiVersion, ["kind"] = kind, ["metadata"] = metadata, ["spec"] = spec };
}

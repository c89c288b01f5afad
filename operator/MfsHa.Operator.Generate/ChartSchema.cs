using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Generation;

namespace MfsHa.Operator.Generate;

/// <summary>values.schema.json of the chart of a cluster: JSON Schema of what its values may be, from the same types as the definitions.</summary>
internal static class ChartSchema
{
    private const int MaxDepth = 16;

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file.</summary>
    public static string Json()
    {
        JsonObject backup = Of(typeof(MfsHaScheduledBackupSpec));

        // The chart says which cluster.
        _ = backup["properties"]!.AsObject().Remove("cluster");
        JsonNode[] required = [.. backup["required"]!.AsArray().Where(static r => (string?)r != "cluster").Select(static r => r!.DeepClone())];
        backup["required"] = new JsonArray(required);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["global"] = new JsonObject { ["type"] = "object" },
                ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = 40, ["description"] = "Name of the MfsHaCluster; empty: the release's name." },
                ["spec"] = Of(typeof(MfsHaClusterSpec)),
                ["backups"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = backup, ["description"] = "Schedules of backups by name." },
            },
        };
        return schema.ToJsonString(_indented) + "\n";
    }

    private static JsonObject Of(Type type)
    {
        V1JSONSchemaProps props = SchemaGenerator.Of(type);
        JsonObject schema = JsonNode.Parse(KubernetesJson.Serialize(props))!.AsObject();
        Tighten(schema, 0);
        return schema;
    }

    // A misspelt field is dropped by the API server, and refused by helm. What only Kubernetes knows goes.
    private static void Tighten(JsonObject schema, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, MaxDepth);
        foreach (string key in schema.Select(static p => p.Key).Where(static k => k.StartsWith("x-kubernetes-", StringComparison.Ordinal) || k == "format").ToArray())
        {
            _ = schema.Remove(key);
        }

        if (schema["properties"] is JsonObject properties)
        {
            schema["additionalProperties"] = false;
            foreach ((_, JsonNode? property) in properties)
            {
                Tighten(property!.AsObject(), depth + 1);
            }
        }

        foreach (string inner in new[] { "items", "additionalProperties" })
        {
            if (schema[inner] is JsonObject part)
            {
                Tighten(part, depth + 1);
            }
        }
    }
}

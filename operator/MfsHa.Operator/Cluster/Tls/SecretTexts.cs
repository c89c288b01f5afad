using System.Text;
using System.Text.Json.Nodes;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>The texts of a Secret.</summary>
internal static class SecretTexts
{
    /// <summary>A text; null: there is none.</summary>
    public static string? Text(JsonObject secret, string key) =>
        secret["data"]?[key]?.GetValue<string>() is { Length: > 0 } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

    /// <summary>Its version, for changes that count only if nobody else has changed it meanwhile.</summary>
    public static string Version(JsonObject secret) => secret["metadata"]?["resourceVersion"]?.GetValue<string>() ?? "";
}

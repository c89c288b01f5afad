using System.Globalization;
using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>What a changed specification of a cluster would bring about, a line for each field; pure.</summary>
internal static class SpecChanges
{
    private const string Rolls = "all nodes are replaced, one pod after the other";
    private const string Refused = "REFUSED: it is decided when a cluster is created";
    private const string Later = "counts from now on; nothing is done for it";

    /// <summary>What changes; empty: nothing.</summary>
    /// <param name="present">The MfsHaCluster; null: there is none.</param>
    /// <param name="wanted">The MfsHaCluster as it would be, with its defaults.</param>
    public static IReadOnlyList<string> Of(JsonNode? present, JsonNode wanted)
    {
        string name = $"MfsHaCluster {wanted["metadata"]?["name"]}";
        if (present is null)
        {
            return [$"{name} is new: {wanted["spec"]?["replicas"]} nodes, {wanted["spec"]?["shards"]} shards{(wanted["spec"]?["bootstrap"] is null ? "" : ", filled by spec.bootstrap")}"];
        }

        SortedDictionary<string, string> before = Flat(present["spec"]);
        SortedDictionary<string, string> after = Flat(wanted["spec"]);
        return
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k)).Select(k =>
                $"{name}: spec.{k}: {before.GetValueOrDefault(k, "(none)")} -> {after.GetValueOrDefault(k, "(none)")}: {EffectOf(k, before, after)}"),
        ];
    }

    private static string EffectOf(string field, SortedDictionary<string, string> before, SortedDictionary<string, string> after) => field.Split('.') switch
    {
        ["replicas"] => Scaled(Number(before), Number(after), after.GetValueOrDefault("storage.retentionPolicy") == "Delete"),
        ["storage", "size"] => Bytes(after) < Bytes(before) ? "REFUSED: volumes do not shrink" : "all volumes grow, if their storage class lets them (allowVolumeExpansion)",
        ["shards"] or ["storage", "storageClassName"] => Refused,

        // TLS on or off, or certificates of somebody else's.
        ["tls", "mode" or "secretName"] => Refused,
        ["tls", "certificateDays" or "authorityDays"] => "counts for certificates that are made from now on",
        ["bootstrap", ..] => "means nothing: there are nodes already",
        ["service", ..] => "the service is changed",
        ["config", _] => "set while nodes run where docs/configuration.md says that a change needs a reload; otherwise " + Rolls,
        ["exports"] or ["image"] or ["imagePullPolicy"] or ["priorityClassName"] or ["resources", ..] or ["nodeSelector", ..] or ["topology", ..] => Rolls,
        ["reconcilePolicy"] when after.GetValueOrDefault("reconcilePolicy") == "Observe" => "from now on the operator only looks",
        _ => Later,
    };

    private static int Number(SortedDictionary<string, string> spec) => int.TryParse(spec.GetValueOrDefault("replicas"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    // The definition lets through a number and one of these units.
    private static decimal Bytes(SortedDictionary<string, string> spec)
    {
        string size = spec.GetValueOrDefault("storage.size", "");
        string digits = size.TrimEnd('M', 'G', 'T', 'i');
        decimal unit = size[digits.Length..] switch { "M" => 1e6m, "G" => 1e9m, "T" => 1e12m, "Mi" => 1L << 20, "Gi" => 1L << 30, "Ti" => 1L << 40, _ => 1 };
        return decimal.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out decimal number) ? number * unit : 0;
    }

    private static string Scaled(int from, int to, bool isDeleted) => to > from
        ? string.Create(CultureInfo.InvariantCulture, $"nodes {from + 1} to {to} start and join, one after the other")
        : string.Create(CultureInfo.InvariantCulture, $"nodes {from} down to {to + 1} leave, one after the other; their volumes are {(isDeleted ? "deleted" : "kept")}");

    // Leaves by their paths; annotations and other maps have keys with dots, which stay one step of a path because nobody looks behind them.
    private static SortedDictionary<string, string> Flat(JsonNode? spec)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (spec is JsonObject fields)
        {
            Add(fields, "");
        }

        return flat;

        void Add(JsonObject part, string prefix)
        {
            foreach ((string key, JsonNode? value) in part)
            {
                if (value is JsonObject inner)
                {
                    Add(inner, prefix + key + ".");
                }
                else if (value is not null)
                {
                    string text = value.ToString();
                    flat[prefix + key] = text.Contains('\n', StringComparison.Ordinal) ? $"{text.Split('\n').Length} lines" + (text.Length > 0 ? $" ({text.Length} characters)" : "") : text;
                }
            }
        }
    }
}

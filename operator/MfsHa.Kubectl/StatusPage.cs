using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>One readable page of an MfsHaCluster; pure.</summary>
internal static class StatusPage
{
    /// <summary>Exit code of a status: 0 ready, 1 degraded or under way, 2 no quorum.</summary>
    public static int ExitCodeOf(JsonNode cluster) => Text(cluster["status"]?["phase"]) switch
    {
        "Ready" => 0,
        "NoQuorum" => 2,
        _ => 1,
    };

    /// <summary>The page.</summary>
    /// <param name="cluster">The MfsHaCluster.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="isWide">Conditions, too.</param>
    public static string Render(JsonNode cluster, JsonNode pods, bool isWide)
    {
        JsonNode? status = cluster["status"];
        var page = new StringBuilder();
        Line("MfsHaCluster", $"{Text(cluster["metadata"]?["namespace"])}/{Text(cluster["metadata"]?["name"])}");
        Line("Phase", $"{Or(status?["phase"], "Pending")}: {Or(status?["message"], "the operator has not looked yet")}");
        Line("Nodes", $"{Or(status?["readyReplicas"], "0")} ready of {Or(cluster["spec"]?["replicas"], "3")}");
        Line("Leaders", Or(status?["leaders"], "-"));
        Line("Quorum", Or(status?["quorum"], "-"));
        Line("Version", Or(status?["version"], "-"));
        Line("Metadata id", Or(status?["metadataId"], "-"));
        Line("Operation", status?["operation"] is { } operation ? $"{Text(operation["type"])}: {Text(operation["message"])}" : "none");
        Line("Last backup", status?["lastBackup"] is { } backup ? $"{Text(backup["time"])}, {Text(backup["path"])} ({Text(backup["sizeBytes"])} bytes)" : "none");
        if (status?["observedGeneration"] is { } observed && Text(observed) != Text(cluster["metadata"]?["generation"]))
        {
            Line("", "(the operator has not seen the newest specification yet)");
        }

        page.Append('\n');
        string[][] rows =
        [
            ["NODE", "POD", "STATE", "POD PHASE", "RESTARTS", "MACHINE"],
            .. Items(status?["members"]).Select(m =>
            {
                JsonNode? pod = Items(pods["items"]).FirstOrDefault(p => Text(p["metadata"]?["name"]) == Text(m["name"]));
                return new[]
                {
                    Text(m["node"]), Text(m["name"]), Or(m["state"], "-"), Or(pod?["status"]?["phase"], "missing"),
                    Items(pod?["status"]?["containerStatuses"]).Sum(static c => int.Parse(Or(c["restartCount"], "0"), CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
                    Or(pod?["spec"]?["nodeName"], "-"),
                };
            }),
        ];
        Table(rows);
        if (isWide)
        {
            page.Append('\n');
            Table([["CONDITION", "STATUS", "REASON", "MESSAGE"], .. Items(status?["conditions"]).Select(static c => new[] { Text(c["type"]), Text(c["status"]), Or(c["reason"], "-"), Or(c["message"], "") })]);
        }

        return page.ToString();

        void Line(string name, string value) => page.Append(CultureInfo.InvariantCulture, $"{name,-13} {value}\n");

        void Table(string[][] table)
        {
            int[] widths = [.. Enumerable.Range(0, table[0].Length).Select(c => table.Max(r => r[c].Length))];
            foreach (string[] row in table)
            {
                page.Append(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
            }
        }
    }

    private static IEnumerable<JsonNode> Items(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonNode>();

    private static string Text(JsonNode? value) => value?.ToString() ?? "";

    private static string Or(JsonNode? value, string otherwise) => value is null ? otherwise : value.ToString();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>
/// Whether an object has everything that is wanted of it, whatever the API server or others have added. So nothing is written while nothing has changed.
/// </summary>
public static partial class Drift
{
    /// <summary>True when all that is wanted is there.</summary>
    public static bool Holds(JsonNode? wanted, JsonNode? live) => (wanted, live) switch
    {
        (null, _) => true,
        (JsonObject w, JsonObject l) => w.All(p => Holds(p.Value, l[p.Key])),

        // Empty containers are left out by the API server.
        (JsonObject { Count: 0 }, null) or (JsonArray { Count: 0 }, null) => true,
        (JsonArray w, JsonArray l) => w.Count == l.Count && w.Zip(l).All(static p => Holds(p.First, p.Second)),
        (JsonValue w, JsonValue l) => IsSame(w, l),
        _ => false,
    };

    private static bool IsSame(JsonValue wanted, JsonValue live)
    {
        if (JsonNode.DeepEquals(wanted, live))
        {
            return true;
        }

        // 1024Mi is 1Gi for the API server.
        return wanted.GetValueKind() == JsonValueKind.String && live.GetValueKind() == JsonValueKind.String
            && wanted.GetValue<string>() is { } w && live.GetValue<string>() is { } l
            && Quantity().IsMatch(w) && Quantity().IsMatch(l)
            && new ResourceQuantity(w).ToDecimal() == new ResourceQuantity(l).ToDecimal();
    }

    [GeneratedRegex("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();
}

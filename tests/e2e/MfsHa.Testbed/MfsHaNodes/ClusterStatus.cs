using System.Text.Json;
using System.Text.Json.Serialization;

namespace MfsHa.Testbed.MfsHaNodes;

/// <summary>What <c>mfsha-admin status --output json</c> prints, as far as tests need it.</summary>
public sealed record ClusterStatus(
    [property: JsonRequired] IReadOnlyList<ClusterStatus.Node> Nodes,
    [property: JsonRequired] IReadOnlyList<ClusterStatus.Group> Groups,
    string ClusterId = "",
    int FormatLevel = 0)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static ClusterStatus Parse(string json)
        => JsonSerializer.Deserialize<ClusterStatus>(json, Options) ?? throw new FormatException("status is null");

    /// <summary>The node that leads a Raft group; null during an election.</summary>
    public int? LeaderOf(int group) => Groups.Single(g => g.Number == group).Leader is var leader and not 0 ? leader : null;

    /// <summary>A node and whether the cluster sees it alive.</summary>
    public sealed record Node([property: JsonRequired] int Id, [property: JsonRequired] bool Online, string Region = "", int OldestFormat = 0, int NewestFormat = 0);

    /// <summary>A Raft group, the node id of its leader (0 or absent: none known), its term and the index it has applied.</summary>
    public sealed record Group([property: JsonPropertyName("group"), JsonRequired] int Number, int Leader, long Term, long Applied);
}

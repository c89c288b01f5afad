using System.Text.Json;
using System.Text.Json.Serialization;
using MfsHa.NodeLink;
using MfsHa.Storage;

namespace MfsHa.Cluster.Formation;

/// <summary>
/// How a node becomes part of a cluster when it was told so on its command line (file <c>formation.json</c> in its data directory): it forms one alone, or joins one that exists. Kept, so that
/// what a crash has interrupted goes on at the next start.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Joins">False: it forms a cluster alone.</param>
/// <param name="Host">Where others reach its node link.</param>
/// <param name="Port">The port there.</param>
/// <param name="Peers">Nodes of the cluster that it joins.</param>
public sealed partial record FormationOrder(ushort Node, bool Joins, string Host, int Port, IReadOnlyList<FormationPeer> Peers)
{
    private const string FileName = "formation.json";

    /// <summary>Where this node is reached.</summary>
    [JsonIgnore]
    public NodeAddress Own => new(new NodeId(Node), Host, Port);

    /// <summary>Where the file is.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <summary>Reads the order of a data directory; null for none. <see cref="InvalidDataException"/> when it is damaged.</summary>
    public static FormationOrder? Load(string directory)
    {
        var path = PathIn(directory);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), OrderJson.Default.FormationOrder) is { Node: > 0, Host.Length: > 0, Port: > 0 and <= ushort.MaxValue, Peers: not null } order
                ? order
                : throw new InvalidDataException($"{path}: no order by which a node becomes part of a cluster");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Stores the order durably.</summary>
    public void Store(string directory) => DurableFile.Replace(PathIn(directory), file => JsonSerializer.Serialize(file, this, OrderJson.Default.FormationOrder));

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(FormationOrder))]
    internal sealed partial class OrderJson : JsonSerializerContext;
}

/// <summary>A node of the cluster that is joined.</summary>
public sealed record FormationPeer(ushort Node, string Host, int Port)
{
    /// <summary>Where it is reached.</summary>
    [JsonIgnore]
    public NodeAddress Address => new(new NodeId(Node), Host, Port);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using MfsHa.NodeLink;
using MfsHa.Storage;

namespace MfsHa.Cluster.Formation;

/// <summary>The file <c>node.json</c> in a node's data directory that holds its <see cref="NodeIdentity"/>. Replaced atomically and synced.</summary>
public sealed partial class IdentityFile(string directory)
{
    private const int FormatVersion = 1;
    private const string FileName = "node.json";
    private readonly string path = Path.Combine(directory, FileName);

    /// <summary>Where the file is.</summary>
    public string FullName => path;

    /// <summary>Reads the identity, or makes a new one and stores it. <see cref="InvalidDataException"/> when the file is damaged or belongs to another node.</summary>
    public NodeIdentity LoadOrCreate(NodeId node, uint incarnation, Func<Guid> newInstance)
    {
        if (!File.Exists(path))
        {
            var created = new NodeIdentity(node, newInstance(), incarnation, Guid.Empty, []);
            Store(created);
            return created;
        }

        Content? content;
        try
        {
            content = JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJson.Default.Content);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not a node identity: {e.Message}", e);
        }

        if (content is not { Version: FormatVersion })
        {
            throw new InvalidDataException($"{path}: format version {FormatVersion} expected, found {content?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}");
        }

        if (content.Node != node.Value)
        {
            throw new InvalidDataException($"{path}: the directory belongs to node {content.Node}, but MFSHA_NODE_ID is {node}");
        }

        if (content.Incarnation != incarnation)
        {
            throw new InvalidDataException(
                $"{path}: the directory was used with log store {content.Incarnation}, but the log store in it is {incarnation}: part of the data directory was lost. "
                + "Remove the node from the cluster, empty the directory and add the node again");
        }

        return new NodeIdentity(node, content.Instance, incarnation, content.Cluster, [.. content.Founders.Select(f => new Founder(new NodeId(f.Node), f.Instance, f.Incarnation))]);
    }

    /// <summary>The identity in the file, whatever node and log store it is for; null when there is none. <see cref="InvalidDataException"/> when it is damaged.</summary>
    public NodeIdentity? Peek()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJson.Default.Content) is { Version: FormatVersion } content
                ? new NodeIdentity(new NodeId(content.Node), content.Instance, content.Incarnation, content.Cluster, [])
                : throw new InvalidDataException($"{path}: not a node identity of format version {FormatVersion}");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not a node identity: {e.Message}", e);
        }
    }

    /// <summary>Stores the identity durably.</summary>
    public void Store(NodeIdentity identity)
    {
        var content = new Content(FormatVersion, identity.Node.Value, identity.Instance, identity.Incarnation, identity.Cluster, [.. identity.Founders.Select(f => new FounderContent(f.Node.Value, f.Instance, f.Incarnation))]);
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, content, IdentityJson.Default.Content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Sync(directory);
    }

    internal sealed record Content(int Version, ushort Node, Guid Instance, uint Incarnation, Guid Cluster, FounderContent[] Founders);

    internal sealed record FounderContent(ushort Node, Guid Instance, uint Incarnation);

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class IdentityJson : JsonSerializerContext;
}

using System.Text.Json;
using System.Text.Json.Serialization;
using MfsHa.Metadata.Formats;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage;

namespace MfsHa.Cluster.Formation;

/// <summary>
/// The file <c>node.json</c> in a node's data directory that holds its <see cref="NodeIdentity"/>, and as its version the format level of everything in the directory. Replaced atomically and synced.
/// Thread-safe.
/// </summary>
public sealed partial class IdentityFile(string directory)
{
    /// <summary>What this release reads.</summary>
    public static readonly FormatRange Known = new(FormatLevels.Oldest, FormatLevels.Newest);

    private const string FileName = "node.json";
    private readonly Lock gate = new();
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

        var content = Read();
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

        var content = Read();
        return new NodeIdentity(new NodeId(content.Node), content.Instance, content.Incarnation, content.Cluster, []);
    }

    /// <summary>
    /// The format levels of this release and of the data in the directory. <see cref="InvalidDataException"/> when the release does not read them; nothing was touched then.
    /// </summary>
    /// <param name="release">The name of this release.</param>
    public FormatGate OpenFormats(string release) => new(Known, release, File.Exists(path) ? (byte)Read().Version : FormatRange.First, level => Raise(level, release));

    /// <summary>Stores the identity durably.</summary>
    public void Store(NodeIdentity identity)
    {
        lock (gate)
        {
            var known = File.Exists(path) ? Read() : null;
            Store(new Content(
                known?.Version ?? FormatRange.First, identity.Node.Value, identity.Instance, identity.Incarnation, identity.Cluster,
                [.. identity.Founders.Select(f => new FounderContent(f.Node.Value, f.Instance, f.Incarnation))], known?.Release));
        }
    }

    private void Raise(byte level, string release)
    {
        lock (gate)
        {
            Store(Read() with { Version = level, Release = release });
        }
    }

    private Content Read()
    {
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJson.Default.Content);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not a node identity: {e.Message}", e);
        }

        if (content is not { Version: >= FormatRange.First and <= byte.MaxValue })
        {
            throw new InvalidDataException($"{path}: a version of 1 to 255 expected, found {content?.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}");
        }

        if (!Known.Reads((byte)content.Version))
        {
            throw new InvalidDataException(
                $"{path}: the data in this directory are of format level {content.Version}, this release reads {Known}: install {(content.Release is null ? "a release that reads it" : $"release {content.Release}, which wrote them, or a later one")}");
        }

        return content;
    }

    private void Store(Content content) => DurableFile.Replace(path, file => JsonSerializer.Serialize(file, content, IdentityJson.Default.Content));

    internal sealed record Content(int Version, ushort Node, Guid Instance, uint Incarnation, Guid Cluster, FounderContent[] Founders, string? Release = null);

    internal sealed record FounderContent(ushort Node, Guid Instance, uint Incarnation);

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class IdentityJson : JsonSerializerContext;
}

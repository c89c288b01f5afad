using System.Text.Json;
using System.Text.Json.Serialization;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Status;
using MfsHa.Storage;

namespace MfsHa.Cluster.Recovery;

/// <summary>
/// What a node leaves in its data directory (file <c>damaged.json</c>) when it has found its own data damaged and stops: the next start has the cluster remove this node, sets the data aside, and joins
/// anew with an empty directory. Everything that start needs is here, because nothing else in the directory can be trusted then.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Incarnation">Of its log store: the cluster removes only the member that has it.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Reason">What was found.</param>
/// <param name="Host">Where others reach its node link; null when only the cluster knows.</param>
/// <param name="Port">The port there.</param>
/// <param name="Peers">Other nodes.</param>
/// <param name="Aside">Where the data are put (<see cref="DamagedDirectory"/>); null until this node is removed, and from then on nothing can be refused any more.</param>
public sealed partial record DamageNote(ushort Node, uint Incarnation, Guid Cluster, string Reason, string? Host, int Port, IReadOnlyList<FormationPeer> Peers, string? Aside = null)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "damaged.json";

    /// <summary>True for what is damage of this node's data, and not of its surroundings.</summary>
    public static bool IsDamage(Exception failure) => failure switch
    {
        StorageCorruptException or ReplicaDiffersException => true,
        AggregateException several => several.InnerExceptions.Any(IsDamage),
        { InnerException: { } inner } => IsDamage(inner),
        _ => false,
    };

    /// <summary>Reads the note of a data directory; null for none. <see cref="InvalidDataException"/> when the note itself is damaged.</summary>
    public static DamageNote? Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), NoteJson.Default.DamageNote) is { Node: > 0, Peers: not null } note && note.Cluster != Guid.Empty
                ? note
                : throw new InvalidDataException($"{path}: no note of damage");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Stores the note durably.</summary>
    public void Store(string directory) => DurableFile.Replace(Path.Combine(directory, FileName), file => JsonSerializer.Serialize(file, this, NoteJson.Default.DamageNote));

    /// <summary>Forgets the note.</summary>
    public static void Delete(string directory)
    {
        File.Delete(Path.Combine(directory, FileName));
        DirectorySync.Sync(directory);
    }

    [JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(DamageNote))]
    internal sealed partial class NoteJson : JsonSerializerContext;
}

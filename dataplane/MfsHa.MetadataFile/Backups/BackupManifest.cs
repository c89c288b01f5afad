using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MfsHa.MetadataFile.Backups;

/// <summary>
/// What lies beside a backup's metadata.mfs as <c>FILE.manifest</c> (JSON): where it comes from, and checksums that tell the place of a damage, its own included. A backup is
/// both files.
/// </summary>
public sealed record BackupManifest
{
    /// <summary>The format that this version writes. It reads the one before, too, which has neither clocks nor configuration.</summary>
    public const int CurrentFormat = 2;

    private const int OldestFormat = 1;

    /// <summary>What is added to the name of the metadata.mfs.</summary>
    public const string Suffix = ".manifest";

    /// <summary>Longest manifest, bytes.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>Format of the manifest.</summary>
    public required int Format { get; init; }

    /// <summary>Version of mfsha.</summary>
    public required string MfshaVersion { get; init; }

    /// <summary>MooseFS's identity of the metadata, 16 hexadecimal digits.</summary>
    public required string MetaId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>For which mfsmasters the metadata.mfs is: "3.0" or "4.x".</summary>
    public required string MetadataFormat { get; init; }

    /// <summary>Number of the next change (metaversion).</summary>
    public required ulong MetadataVersion { get; init; }

    /// <summary>HA_SHARD_COUNT of the cluster.</summary>
    public required int Shards { get; init; }

    /// <summary>How long changes were held up for the moment of the backup, milliseconds; 0 with one shard.</summary>
    public required double PauseMilliseconds { get; init; }

    /// <summary>Where the logs of all groups stood, the system group's first.</summary>
    public required IReadOnlyList<ManifestPosition> Positions { get; init; }

    /// <summary>How far each node that answered had read the CRDT state just before: its vector clock.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestClock>? VectorClocks { get; init; }

    /// <summary>What was configured just before at the node that made it, other than by default; secrets as [DEFINED].</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestSetting>? Configuration { get; init; }

    /// <summary>How many objects there are, by kind.</summary>
    public required IReadOnlyDictionary<string, ulong> Counts { get; init; }

    /// <summary>What the format cannot say, at most as many as are listed at an export.</summary>
    public required IReadOnlyList<string> NotKept { get; init; }

    /// <summary>Length of the metadata.mfs, bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Its sections, in order.</summary>
    public required IReadOnlyList<ManifestSection> Sections { get; init; }

    /// <summary>Length of a block, bytes; the last one may be shorter.</summary>
    public required int BlockLength { get; init; }

    /// <summary>XXH128 of each block, hexadecimal.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>XXH128 of this manifest with this text empty.</summary>
    public string Self { get; init; } = "";

    /// <summary>The manifest's name.</summary>
    public static string PathOf(string metadataFile) => metadataFile + Suffix;

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => Serialize(this with { Self = Convert.ToHexString(XxHash128.Hash(Serialize(this with { Self = "" }))) });

    /// <summary>Reads a manifest. <see cref="BackupException"/> when it is missing, damaged or of another format.</summary>
    public static BackupManifest Read(string metadataFile)
    {
        var path = PathOf(metadataFile);
        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                throw new BackupException($"{path} is longer than any manifest");
            }

            return Parse(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read, so {metadataFile} is no whole backup: {e.Message}");
        }
    }

    /// <summary>Reads a manifest. <see cref="BackupException"/> when it is damaged or of another format.</summary>
    /// <param name="path">Where it comes from, for the message.</param>
    /// <param name="bytes">All of it.</param>
    public static BackupManifest Parse(string path, byte[] bytes)
    {
        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(bytes, ManifestJson.Default.BackupManifest) ?? throw new BackupException($"{path} is empty");
        }
        catch (JsonException e)
        {
            throw new BackupException($"{path} is damaged at line {e.LineNumber + 1}: {e.Message}");
        }

        if (manifest.Format is < OldestFormat or > CurrentFormat)
        {
            throw new BackupException($"{path} has format {manifest.Format}, this version of mfsha reads {OldestFormat} to {CurrentFormat}");
        }

        // The same text, not only the same meaning: a changed byte anywhere is a damage.
        return manifest.ToBytes().AsSpan().SequenceEqual(bytes) ? manifest : throw new BackupException($"{path} is damaged: it is not what its own checksum says");
    }

    private static byte[] Serialize(BackupManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.BackupManifest);
}

/// <summary>Where a group's log stood.</summary>
public sealed record ManifestPosition(uint Group, ulong Index, ulong Term);

/// <summary>A node's vector clock.</summary>
public sealed record ManifestClock(uint Node, IReadOnlyList<ManifestClockEntry> Clock);

/// <summary>How far a node had read what is reported of a chunkserver, by connection.</summary>
public sealed record ManifestClockEntry(uint ChunkServer, ulong Connection, ulong Seen);

/// <summary>A key of the configuration.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">What was in force.</param>
/// <param name="Origin">From where: a line of mfsha.cfg, environment, cluster.</param>
public sealed record ManifestSetting(string Key, string Value, string Origin);

/// <summary>A section of the metadata.mfs.</summary>
/// <param name="Name">Four letters.</param>
/// <param name="Offset">Of its header, bytes from the file's beginning.</param>
/// <param name="Length">With its header, bytes.</param>
public sealed record ManifestSection(string Name, long Offset, long Length);

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

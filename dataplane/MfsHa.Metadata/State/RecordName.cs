using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Metadata.State;

/// <summary>What a record's key means, for people. Pure; knows every table of <see cref="NamespaceState"/> and <see cref="SystemState"/>.</summary>
public static class RecordName
{
    private const string Nothing = "record";

    // {0}, {1}, {2} are the parts of the key, as the letters say: n 32-bit number, N 64-bit number, c chunk id, s name, t Unix time, a IPv4 address.
    private static readonly Dictionary<byte, (string Text, string Parts)> OfShards = new()
    {
        [0] = ("position in the log", ""),
        [1] = ("inode {0}", "n"),
        [2] = ("entry {1} of directory {0}", "ns"),
        [3] = ("edge {1} of directory {0}", "nN"),
        [4] = ("further link of inode {0}, edge {2} of directory {1}", "nnN"),
        [5] = ("totals of directory {0}", "n"),
        [6] = ("chunks of inode {0}, page {1}", "nn"),
        [7] = ("chunk {0}", "c"),
        [12] = ("sessions that have inode {0} open", "n"),
        [13] = ("inode {1} opened by session {0}", "nn"),
        [14] = ("inode {0} in trash or sustained", "n"),
        [15] = ("inode {1} in trash until {0}", "tn"),
        [16] = ("append reservation of inode {0}", "n"),
        [17] = ("inode number {1} freed at {0}", "tn"),
        [18] = ("answer to message {1} of session {0}", "nn"),
        [19] = ("counters", "n"),
        [20] = ("chunk {0} without references", "c"),
        [21] = ("settings", "n"),
        [22] = ("sustained inode {1} that nobody has open since {0}", "tn"),
        [23] = ("freed inode numbers, batch {0}", "n"),
        [30] = ("ACL of inode {0}, type {1}", "nn"),
        [31] = ("mark {0}", "n"),
        [32] = ("extended attribute {1} of inode {0}", "ns"),
        [33] = ("extended attributes of inode {0}", "n"),
        [34] = ("storage class {0}", "n"),
        [35] = ("use of storage class {0}", "n"),
        [36] = ("flocks of inode {0}", "n"),
        [37] = ("POSIX locks of inode {0}", "n"),
        [38] = ("quota of directory {0}", "n"),
        [39] = ("patterns", "n"),
        [40] = ("layout of the shards", "n"),
        [41] = ("prepared transaction {1} of shard {0}", "nN"),
        [42] = ("finished transaction {1} of shard {0}", "nN"),
        [43] = ("decision about transaction {1} of shard {0}", "nN"),
        [44] = ("aborted transaction {1} of shard {0}", "nN"),
        [45] = ("entry of inode {0} in another shard, edge {1}", "nN"),
        [46] = ("unreported totals of directory {0}", "n"),
        [47] = ("quotas as shard {0} tells them", "n"),
        [48] = ("quotas above directory {0}", "n"),
        [50] = ("answers that have reached session {0}", "n"),
        [51] = ("borrowed chunk {0}", "c"),
        [52] = ("news of borrowed chunk {0}", "c"),
        [53] = ("chunk {1} lent to shard {0}", "nc"),
        [54] = ("count of loans", "n"),
    };

    private static readonly Dictionary<byte, (string Text, string Parts)> OfSystem = new()
    {
        [0] = ("position in the log", ""),
        [1] = ("the cluster", "n"),
        [2] = ("node {0}", "n"),
        [3] = ("session {0}", "n"),
        [4] = ("chunkserver {0}", "n"),
        [5] = ("chunkserver at {0}:{1}", "an"),
        [6] = ("exports", "n"),
        [7] = ("option {1}", "ns"),
        [8] = ("lease of ids of kind {0} from {1}", "nN"),
        [9] = ("placement of shard {0}", "n"),
        [10] = ("answer to token {0}", "N"),
        [11] = ("place {0} in the order of answers", "N"),
        [12] = ("the cluster's format level", "n"),
        [13] = ("format levels of node {0}", "n"),
        [14] = ("forced placement of shard {0}", "n"),
    };

    /// <summary>Describes a key.</summary>
    /// <param name="group">The group.</param>
    /// <param name="key">Kind of the record, then its key as tables write it; without the group.</param>
    /// <returns>"inode 17"; "record" for a kind that is not known, or a key of another length.</returns>
    public static string Of(ushort group, ReadOnlySpan<byte> key)
    {
        var tables = group == SystemState.SystemGroupNumber ? OfSystem : OfShards;
        if (key.IsEmpty || !tables.TryGetValue(key[0], out var table))
        {
            return Nothing;
        }

        var parts = new string[table.Parts.Length];
        var rest = key[1..];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryTake(table.Parts[i], ref rest, out parts[i]))
            {
                return Nothing;
            }
        }

        return rest.IsEmpty ? Fill(table.Text, parts) : Nothing;
    }

    private static bool TryTake(char kind, ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        var length = kind switch { 's' => rest.Length, 'N' or 'c' => sizeof(ulong), _ => sizeof(uint) };
        if (rest.Length < length)
        {
            return false;
        }

        var part = rest[..length];
        rest = rest[length..];
        text = kind switch
        {
            's' => Quoted(part),
            'N' => BinaryPrimitives.ReadUInt64BigEndian(part).ToString(CultureInfo.InvariantCulture),
            'c' => BinaryPrimitives.ReadUInt64BigEndian(part).ToString("X16", CultureInfo.InvariantCulture),
            't' => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(part)).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            'a' => $"{part[0]}.{part[1]}.{part[2]}.{part[3]}",
            _ => BinaryPrimitives.ReadUInt32BigEndian(part).ToString(CultureInfo.InvariantCulture),
        };
        return true;
    }

    // Names are bytes that anybody may choose: nothing of them moves a terminal's cursor.
    private static string Quoted(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder("'");
        foreach (var letter in name)
        {
            _ = letter is >= 0x20 and < 0x7F and not (byte)'\'' and not (byte)'\\' ? text.Append((char)letter) : text.Append(CultureInfo.InvariantCulture, $"\\x{letter:x2}");
        }

        return text.Append('\'').ToString();
    }

    private static string Fill(string text, string[] parts)
    {
        // A name may hold what looks like a place: one pass over the text only.
        var filled = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{')
            {
                filled.Append(parts[text[i + 1] - '0']);
                i += 2;
            }
            else
            {
                filled.Append(text[i]);
            }
        }

        return filled.ToString();
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace MfsHa.Node.Exports;

/// <summary>
/// Checksum of a table of rules. Sessions remember it, and a session whose table has changed must register again (client-protocol 2.4), so
/// it must be the same on every node; its value is nobody else's business.
/// </summary>
internal static class ExportChecksum
{
    public static ulong Of(ImmutableArray<ExportRule> rules)
    {
        var data = new MemoryStream();
        foreach (ExportRule rule in rules)
        {
            Add(data, rule.Addresses.From, rule.Addresses.To, rule.MinVersion, rule.IsMeta ? 1u : 0, rule.AllDirectories ? 1u : 0, rule.RootDefined ? 1u : 0);
            Add(data, (uint)rule.Flags, rule.Umask, rule.StorageClassGroups, (uint)rule.Disables, rule.MinTrashSeconds, rule.MaxTrashSeconds);
            Add(data, rule.RootUid, rule.RootGid, rule.MapAllUid, rule.MapAllGid);
            Add(data, rule.PasswordDigest is { } digest ? digest.AsSpan() : []);
            Add(data, Encoding.Latin1.GetBytes(rule.Directory));
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data.GetBuffer().AsSpan(0, (int)data.Length), hash);

        // 0 is left to sessions that have none.
        return Math.Max(1, BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    private static void Add(MemoryStream data, params ReadOnlySpan<uint> numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        foreach (uint number in numbers)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
            data.Write(bytes);
        }
    }

    private static void Add(MemoryStream data, ReadOnlySpan<byte> bytes)
    {
        Add(data, [(uint)bytes.Length]);
        data.Write(bytes);
    }
}

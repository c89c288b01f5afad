using System.Buffers.Binary;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Locations.Comparison;

/// <summary>
/// Hashes by which nodes compare contents. Nodes of different releases compare them with each other: a change here needs a call of its own between nodes.
/// </summary>
internal static class ContentHash
{
    /// <summary>Of one live copy. Hashes of copies are added up, so that their order does not matter.</summary>
    public static ulong OfCopy(ulong chunkId, in LocationRecord record)
        => Mix(Mix(Mix(chunkId) + (ulong)record.Sequence) + (((ulong)record.Flags << 32) | record.Version));

    /// <summary>Of the register with its stamp; 0 when it was never written.</summary>
    public static ulong OfRegister(LwwRegister<ChunkServerEntry> register)
    {
        if (register.Stamp.Counter == 0)
            return 0;
        var bytes = new WireWriter();
        register.Value.Write(bytes);
        var hash = Mix(Mix(register.Stamp.Counter) + register.Stamp.Writer.Value);
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (var rest = bytes.Written.Span; !rest.IsEmpty; rest = rest[Math.Min(word.Length, rest.Length)..])
        {
            word.Clear();
            rest[..Math.Min(word.Length, rest.Length)].CopyTo(word);
            hash = Mix(hash + BinaryPrimitives.ReadUInt64LittleEndian(word));
        }

        return hash;
    }

    /// <summary>Each bit of the result depends on each bit of the number (splitmix64).</summary>
    private static ulong Mix(ulong number)
    {
        number += 0x9E3779B97F4A7C15ul;
        number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9ul;
        number = (number ^ (number >> 27)) * 0x94D049BB133111EBul;
        return number ^ (number >> 31);
    }
}

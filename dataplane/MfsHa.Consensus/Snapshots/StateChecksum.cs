using System.Buffers.Binary;
using System.IO.Hashing;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// XXH3 of all bytes of a state, in the order of its pieces. The holder computes it of what it reads, the follower of what arrives: memory and networks flip bytes that neither RocksDB's nor TCP's checksums
/// notice, and a replica that is wrong from its first moment would look like one that has diverged.
/// </summary>
internal sealed class StateChecksum
{
    /// <summary>Bytes of <see cref="Value"/>.</summary>
    public const int Length = sizeof(ulong);

    private readonly XxHash3 _hash = new();

    /// <summary>Adds the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece) => _hash.Append(piece);

    /// <summary>Of what has been added, little-endian.</summary>
    public byte[] Value()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _hash.GetCurrentHashAsUInt64());
        return bytes;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> when the holder has computed another one. A holder of a release without it says nothing.</summary>
    public void Verify(ReadOnlySpan<byte> holders)
    {
        if (!holders.IsEmpty && !holders.SequenceEqual(Value()))
        {
            throw new InvalidDataException($"the state was changed on its way: checksum {Convert.ToHexStringLower(Value())}, the holder has {Convert.ToHexStringLower(holders)}");
        }
    }
}

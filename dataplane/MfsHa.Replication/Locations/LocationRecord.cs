using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MfsHa.Replication.Locations;

/// <summary>
/// One copy of a chunk in 16 bytes. There is one for every copy of every chunk of the cluster on every node, so each byte counts:
/// sequence number (38 bits), slot of the incarnation (16), part (8), flags (2); version (31), removed (1); index of the chunk's next record.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LocationRecord
{
    /// <summary>Largest sequence number: at 10,000 changes a second a connection reaches it after 318 days.</summary>
    public const long MaxSequence = (1L << 38) - 1;

    /// <summary>Largest version of a chunk.</summary>
    public const uint MaxVersion = (1u << 31) - 1;

    private const uint RemovedBit = 1u << 31;
    private readonly ulong _packed;
    private readonly uint _version;

    public LocationRecord(long sequence, ushort slot, byte part, ChunkFlags flags, uint version, bool removed)
    {
        Debug.Assert(sequence is > 0 and <= MaxSequence, "sequence");
        Debug.Assert(version <= MaxVersion, "version");
        _packed = ((ulong)sequence << 26) | ((ulong)slot << 10) | ((ulong)part << 2) | (byte)flags;
        _version = version | (removed ? RemovedBit : 0);
        Next = -1;
    }

    /// <summary>Index of the next record of the same chunk, -1 for none.</summary>
    public int Next { get; set; }

    public readonly long Sequence => (long)(_packed >> 26);

    public readonly ushort Slot => (ushort)(_packed >> 10);

    public readonly byte Part => (byte)(_packed >> 2);

    public readonly ChunkFlags Flags => (ChunkFlags)(_packed & 3);

    public readonly uint Version => _version & MaxVersion;

    public readonly bool IsRemoved => (_version & RemovedBit) != 0;
}

using System.Globalization;

namespace MfsHa.Replication.Locations;

/// <summary>One connection of a chunkserver to the cluster: what it reported on that connection belongs together and has one writer, the node it is connected to.</summary>
/// <param name="ChunkServerId">MooseFS's chunkserver id (csid), 1..65535.</param>
/// <param name="Epoch">Grows with every new connection of the same chunkserver, wherever it connects; given by the caller.</param>
public readonly record struct ChunkServerIncarnation(ushort ChunkServerId, ulong Epoch) : IComparable<ChunkServerIncarnation>
{
    /// <inheritdoc/>
    public int CompareTo(ChunkServerIncarnation other) => (ChunkServerId, Epoch).CompareTo((other.ChunkServerId, other.Epoch));

    /// <summary>Orders by chunkserver, then by epoch.</summary>
    public static bool operator <(ChunkServerIncarnation a, ChunkServerIncarnation b) => a.CompareTo(b) < 0;

    /// <summary>Orders by chunkserver, then by epoch.</summary>
    public static bool operator >(ChunkServerIncarnation a, ChunkServerIncarnation b) => a.CompareTo(b) > 0;

    /// <summary>Orders by chunkserver, then by epoch.</summary>
    public static bool operator <=(ChunkServerIncarnation a, ChunkServerIncarnation b) => a.CompareTo(b) <= 0;

    /// <summary>Orders by chunkserver, then by epoch.</summary>
    public static bool operator >=(ChunkServerIncarnation a, ChunkServerIncarnation b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"cs{ChunkServerId}@{Epoch}");
}

namespace MfsHa.Replication.Locations;

/// <summary>All records, in stripes of their own locks so that reports of several chunkservers and look-ups seldom meet.</summary>
internal sealed class LocationTable
{
    /// <summary>The top byte of a chunk id on the wire is the part.</summary>
    public const int PartShift = 56;

    private const ulong ChunkMask = (1ul << PartShift) - 1;
    private const int StripeBits = 6;
    private readonly LocationStripe[] _stripes = [.. Enumerable.Range(0, 1 << StripeBits).Select(_ => new LocationStripe())];

    /// <summary>Chunks of which anything is recorded.</summary>
    public long ChunkCount => _stripes.Sum(stripe => (long)stripe.ChunkCount);

    public static ulong Chunk(ulong chunkId) => chunkId & ChunkMask;

    public static byte Part(ulong chunkId) => (byte)(chunkId >> PartShift);

    public LocationStripe StripeOf(ulong chunk) => _stripes[(chunk * 0x9E3779B97F4A7C15ul) >> (64 - StripeBits)];

    public bool TryGet(ulong chunkId, ushort slot, out LocationRecord record)
    {
        var chunk = Chunk(chunkId);
        var stripe = StripeOf(chunk);
        lock (stripe.Lock)
            return stripe.TryGet(chunk, Part(chunkId), slot, out record);
    }

    public LocationRecord Put(ulong chunkId, LocationRecord record)
    {
        var chunk = Chunk(chunkId);
        var stripe = StripeOf(chunk);
        lock (stripe.Lock)
            return stripe.Put(chunk, record);
    }

    public bool Remove(ulong chunkId, ushort slot, long sequence)
    {
        var chunk = Chunk(chunkId);
        var stripe = StripeOf(chunk);
        lock (stripe.Lock)
            return stripe.Remove(chunk, Part(chunkId), slot, sequence);
    }
}

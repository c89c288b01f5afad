namespace MfsHa.Cluster.Caches;

/// <summary>
/// Which sessions have read data of which files through this node. Only to them does it matter what the leader says about data that they have cached
/// (<see cref="KeepCacheMarks"/>): a look-up of anybody else may be answered without it. Fixed in size: a pair that is forgotten costs a client its cache of one
/// file once, one that is taken for another costs a call to the leader. Thread-safe.
/// </summary>
public sealed class DataReaders
{
    private const int Places = 1 << 15;
    private readonly ulong[] pairs = new ulong[Places];

    /// <summary>The session reads the file's data, or has just emptied its cache in order to.</summary>
    public void Note(uint session, uint inode) => Volatile.Write(ref pairs[Place(session, inode)], Pair(session, inode));

    /// <summary>True when the session may have data of the file in its cache.</summary>
    public bool MayHave(uint session, uint inode) => Volatile.Read(ref pairs[Place(session, inode)]) == Pair(session, inode);

    private static ulong Pair(uint session, uint inode) => ((ulong)session << 32) | inode;

    // Multiplication by an odd number near 2^64 / phi spreads neighbours (Knuth).
    private static int Place(uint session, uint inode) => (int)((Pair(session, inode) * 0x9E3779B97F4A7C15) >> 49);
}

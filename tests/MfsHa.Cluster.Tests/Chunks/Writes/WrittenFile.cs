namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>What the first chunk of a file may hold: what was acknowledged last, and what was begun since.</summary>
internal sealed class WrittenFile(uint inode)
{
    private readonly HashSet<int>[] allowed = [.. Enumerable.Range(0, SimulatedChunkServer.Blocks).Select(static _ => new HashSet<int> { 0 })];
    private readonly List<HashSet<int>[]> reads = [];

    public uint Inode => inode;

    /// <summary>Length that was acknowledged, in blocks.</summary>
    public int Blocks { get; set; }

    /// <summary>A copy that shares its chunk with this file; nothing of this one is being changed.</summary>
    public WrittenFile Copy(uint number)
    {
        var copy = new WrittenFile(number) { Blocks = Blocks };
        for (var block = 0; block < allowed.Length; block++)
        {
            copy.allowed[block].Clear();
            copy.allowed[block].UnionWith(allowed[block]);
        }

        return copy;
    }

    public bool Allows(int block, int value) => allowed[block].Contains(value);

    public string Allowed(int block) => string.Join('/', allowed[block]);

    public void Begin(int block, int value)
    {
        allowed[block].Add(value);
        reads.ForEach(r => r[block].Add(value));
    }

    public void Acknowledge(int block, int value)
    {
        allowed[block].Clear();
        allowed[block].Add(value);
    }

    /// <summary>A read begins: it may see all that could be seen at any time until it ends.</summary>
    public HashSet<int>[] BeginRead()
    {
        HashSet<int>[] read = [.. allowed.Select(static a => new HashSet<int>(a))];
        reads.Add(read);
        return read;
    }

    public void EndRead(HashSet<int>[] read) => reads.Remove(read);
}

using MfsHa.Cluster.Chunks;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>
/// A chunkserver as the real ones behave (chunkserver-protocol 3.2): an order does its work whenever it arrives; every order but CREATE and DELETE names the version that it
/// expects; clients' writes name the version that they were told.
/// </summary>
internal sealed class SimulatedChunkServer(ushort id)
{
    public const int Blocks = 4;

    public ushort Id => id;

    /// <summary>False while its process is down: clients reach it no more either.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Its connection to a node; null while it has none.</summary>
    public SimulatedLink? Link { get; set; }

    public SortedDictionary<ulong, Copy> Copies { get; } = [];

    public StatusCode Execute(ChunkCommand order, Copy? source)
    {
        var there = Copies.GetValueOrDefault(order.Chunk);
        switch (order.Kind)
        {
            case ChunkCommandKind.Create:
                return there is null ? Put(order, new int[Blocks]) : StatusCode.ChunkExist;
            case ChunkCommandKind.Replicate:
                return source is null ? StatusCode.NoChunk : there is null ? Put(order, source.Content) : StatusCode.ChunkExist;
            case ChunkCommandKind.Delete:
                return there is null ? StatusCode.NoChunk
                    : order.Version != 0 && order.Version != there.Version ? StatusCode.WrongVersion
                    : Copies.Remove(order.Chunk) ? StatusCode.Ok : StatusCode.NoChunk;
            case ChunkCommandKind.SetVersion:
                return Change(there, order, Blocks);
            case ChunkCommandKind.Truncate:
                return Change(there, order, BlocksOf(order.Length));
            case ChunkCommandKind.Duplicate or ChunkCommandKind.DuplicateTruncate:
                var old = Copies.GetValueOrDefault(order.OldChunk);
                return there is not null ? StatusCode.ChunkExist
                    : old is null ? StatusCode.NoChunk
                    : order.OldVersion != 0 && old.Version != order.OldVersion ? StatusCode.WrongVersion
                    : Put(order, Cut(old.Content, order.Kind == ChunkCommandKind.Duplicate ? Blocks : BlocksOf(order.Length)));
            default:
                throw new ArgumentException($"{order.Kind} is not known", nameof(order));
        }
    }

    /// <summary>A client's write; false when this copy does not take it.</summary>
    public bool Write(ulong chunk, uint version, int block, int value)
    {
        if (!IsUp || !Copies.TryGetValue(chunk, out var copy) || copy.Version != version)
        {
            return false;
        }

        copy.Content[block] = value;
        return true;
    }

    /// <summary>A client's read; null when it must look for another copy.</summary>
    public int? Read(ulong chunk, uint version, int block) => IsUp && Copies.TryGetValue(chunk, out var copy) && copy.Version == version ? copy.Content[block] : null;

    public static uint LengthOf(int blocks) => (uint)blocks << 16;

    private static int BlocksOf(uint length) => (int)(length >> 16);

    private static int[] Cut(int[] content, int blocks) => [.. content.Select((value, block) => block < blocks ? value : 0)];

    private static StatusCode Change(Copy? there, ChunkCommand order, int blocks)
    {
        if (there is null)
        {
            return StatusCode.NoChunk;
        }

        if (order.OldVersion != 0 && there.Version != order.OldVersion)
        {
            return StatusCode.WrongVersion;
        }

        there.Version = order.Version;
        there.Content = Cut(there.Content, blocks);
        return StatusCode.Ok;
    }

    private StatusCode Put(ChunkCommand order, int[] content)
    {
        Copies.Add(order.Chunk, new Copy { Version = order.Version, Content = [.. content] });
        return StatusCode.Ok;
    }

    internal sealed class Copy
    {
        public required uint Version { get; set; }

        /// <summary>What was written last to each block; 0: nothing.</summary>
        public required int[] Content { get; set; }
    }
}

using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Output;

/// <summary>The part of <c>consistency-check</c>'s JSON about CRDT state.</summary>
/// <param name="Consistency">The verdict.</param>
/// <param name="Error">Why nothing was compared; empty when something was.</param>
/// <param name="Nodes">Nodes that were compared.</param>
/// <param name="Uncompared">Nodes that were not.</param>
/// <param name="Streams">Connections of chunkservers.</param>
/// <param name="MissingDrops">Decisions of which nodes have not heard.</param>
internal sealed record CrdtDocument(
    string Consistency,
    string Error,
    IReadOnlyList<uint> Nodes,
    IReadOnlyList<CrdtDocument.UncomparedPart> Uncompared,
    IReadOnlyList<CrdtDocument.StreamPart> Streams,
    IReadOnlyList<CrdtDocument.MissingDropPart> MissingDrops)
{
    public static CrdtDocument Of(CrdtVerdict verdict)
    {
        CompareCrdtReply reply = verdict.Reply ?? new CompareCrdtReply();
        return new CrdtDocument(
            GroupVerdict.WordOf(verdict.Kind),
            verdict.Error,
            [.. reply.Nodes],
            [.. reply.Uncompared.Select(static u => new UncomparedPart(u.Node, u.Error))],
            [.. reply.Streams.Select(StreamPart.Of)],
            [.. reply.MissingDrops.Select(static d => new MissingDropPart(d.Node, d.ChunkServer, d.Epoch))]);
    }

    internal sealed record UncomparedPart(uint Node, string Error);

    internal sealed record MissingDropPart(uint Node, uint ChunkServer, ulong Epoch);

    /// <summary>A connection of a chunkserver.</summary>
    /// <param name="ChunkServer">Id of the chunkserver.</param>
    /// <param name="Epoch">Which connection.</param>
    /// <param name="Consistency">The verdict.</param>
    /// <param name="Change">The change after which contents were compared.</param>
    /// <param name="Contents">What nodes have after it.</param>
    /// <param name="Missing">What nodes lack.</param>
    /// <param name="Obstacle">Why it was not compared; empty when it was.</param>
    /// <param name="FirstDifferingChunk">The first chunk, in the order of changes, of which nodes say different things; null when there is none, or none is named.</param>
    /// <param name="Unnamed">Why none is named.</param>
    internal sealed record StreamPart(
        uint ChunkServer,
        ulong Epoch,
        string Consistency,
        ulong Change,
        IReadOnlyList<ContentPart> Contents,
        IReadOnlyList<MissingPart> Missing,
        string Obstacle,
        ChunkPart? FirstDifferingChunk,
        string Unnamed)
    {
        public static StreamPart Of(ComparedStream stream) => new(
            stream.ChunkServer,
            stream.Epoch,
            GroupVerdict.WordOf(CrdtVerdict.KindOf(stream)),
            stream.Seen,
            [.. stream.Contents.Select(static c => new ContentPart(c.Node, c.Copies, $"{CrdtVerdict.ChecksumOf(c):x16}", $"{c.Register:x16}"))],
            [.. stream.Missing.Select(static m => new MissingPart(m.Node, m.State.Seen, m.State.Known, m.State.End))],
            stream.Obstacle,
            stream.Chunk is { } chunk
                ? new ChunkPart($"{chunk.Chunk:X16}", [.. chunk.Copies.Select(static c => new CopyPart(c.Node, c.Present, c.Version, c.Flags, c.Sequence))])
                : null,
            stream.Unnamed);
    }

    /// <summary>What a node has.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Copies">Copies that are present.</param>
    /// <param name="Checksum">Over all of it.</param>
    /// <param name="Register">Over what the chunkserver tells about itself.</param>
    internal sealed record ContentPart(uint Node, ulong Copies, string Checksum, string Register);

    internal sealed record MissingPart(uint Node, ulong Seen, ulong Known, bool End);

    internal sealed record ChunkPart(string Chunk, IReadOnlyList<CopyPart> Copies);

    internal sealed record CopyPart(uint Node, bool Present, uint Version, uint Flags, ulong Change);
}

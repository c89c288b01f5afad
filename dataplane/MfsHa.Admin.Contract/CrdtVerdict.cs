namespace MfsHa.Admin.Contract;

/// <summary>How what nodes have of the CRDT state compares.</summary>
/// <param name="Reply">What the node that was asked has found; null when it could not be asked.</param>
/// <param name="Error">Why not; empty when it could.</param>
public sealed record CrdtVerdict(CompareCrdtReply? Reply, string Error)
{
    /// <summary>The verdict: that nobody could be compared is incomplete, too.</summary>
    public ConsistencyKind Kind =>
        Reply is null ? ConsistencyKind.Incomplete
        : Reply.MissingDrops.Count > 0 || Reply.Streams.Any(static s => KindOf(s) == ConsistencyKind.Different) ? ConsistencyKind.Different
        : Reply.Nodes.Count == 0 || Reply.Uncompared.Count > 0 || Reply.Streams.Any(static s => KindOf(s) == ConsistencyKind.Incomplete) ? ConsistencyKind.Incomplete
        : ConsistencyKind.Same;

    /// <summary>The verdict about one connection of a chunkserver.</summary>
    public static ConsistencyKind KindOf(ComparedStream stream) =>
        stream.Missing.Count > 0 || stream.Contents.Select(static c => (c.Copies, c.Checksum, c.Register)).Distinct().Count() > 1 ? ConsistencyKind.Different
        : stream.Obstacle.Length > 0 || stream.Contents.Count == 0 ? ConsistencyKind.Incomplete
        : ConsistencyKind.Same;

    /// <summary>The verdict about groups and CRDT state together.</summary>
    public static ConsistencyKind Worst(ConsistencyKind groups, ConsistencyKind crdt) =>
        groups == ConsistencyKind.Different || crdt == ConsistencyKind.Different ? ConsistencyKind.Different
        : groups == ConsistencyKind.Incomplete || crdt == ConsistencyKind.Incomplete ? ConsistencyKind.Incomplete
        : ConsistencyKind.Same;

    /// <summary>One number for what a node has of a stream.</summary>
    public static ulong ChecksumOf(ComparedContent content) => content.Checksum + content.Register;

    /// <summary>What is said of it, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        if (Reply is null)
        {
            yield return $"CRDT state: INCOMPLETE: {Error}";
            yield break;
        }

        foreach (UncomparedNode node in Reply.Uncompared)
        {
            // Errors of calls name the node themselves.
            yield return $"CRDT state: INCOMPLETE: {(node.Error.StartsWith($"node {node.Node}", StringComparison.Ordinal) ? "" : $"node {node.Node}: ")}{node.Error}";
        }

        if (Reply is { Streams.Count: 0, Nodes.Count: > 0 })
        {
            yield return $"CRDT state: {Agreeing(Reply.Nodes.Count)}: no chunkserver is known";
        }

        foreach (ComparedStream stream in Reply.Streams)
        {
            foreach (string line in LinesOf(stream))
            {
                yield return line;
            }
        }

        foreach (IGrouping<(uint ChunkServer, ulong Epoch), uint> drop in Reply.MissingDrops.GroupBy(static d => (d.ChunkServer, d.Epoch), static d => d.Node))
        {
            yield return $"CRDT state: chunkserver {drop.Key.ChunkServer}: DIFFERENT: {NodeNames.Of([.. drop])}: not known that connections before {drop.Key.Epoch} were dropped";
        }
    }

    private static string Agreeing(int nodes) => nodes == 1 ? "1 node agrees" : $"{nodes} nodes agree";

    private static string Shown(ComparedContent content) => $"{content.Copies} {(content.Copies == 1 ? "copy" : "copies")}, checksum {ChecksumOf(content):x16}";

    private static string Shown(DifferingCopy copy) =>
        !copy.Present ? copy.Sequence > 0 ? $"removed by change {copy.Sequence}" : "absent"
        : $"version {copy.Version}{((copy.Flags & 1) != 0 ? ", marked for removal" : "")}{((copy.Flags & 2) != 0 ? ", damaged" : "")}, change {copy.Sequence}";

    // With several connections of one chunkserver each is named.
    private string NameOf(ComparedStream stream) =>
        $"CRDT state: chunkserver {stream.ChunkServer}{(Reply!.Streams.Count(s => s.ChunkServer == stream.ChunkServer) > 1 ? $", connection {stream.Epoch}" : "")}";

    private IEnumerable<string> LinesOf(ComparedStream stream)
    {
        string name = NameOf(stream);
        foreach (MissingAt missing in stream.Missing)
        {
            ulong changes = missing.State.Known - missing.State.Seen;
            yield return changes > 0
                ? $"{name}: DIFFERENT: node {missing.Node} lacks {changes} changes (it has {missing.State.Seen} of {missing.State.Known})"
                : $"{name}: DIFFERENT: node {missing.Node} does not know that the connection has ended";
        }

        if (stream.Obstacle.Length > 0)
        {
            yield return $"{name}: INCOMPLETE: not compared: {stream.Obstacle}";
        }

        if (stream.Contents.Count == 0)
        {
            yield break;
        }

        ComparedContent first = stream.Contents[0];
        if (stream.Contents.All(c => (c.Copies, c.Checksum, c.Register) == (first.Copies, first.Checksum, first.Register)))
        {
            yield return $"{name}: {Agreeing(stream.Contents.Count)} at change {stream.Seen} ({Shown(first)})";
            yield break;
        }

        yield return $"{name}: DIFFERENT at change {stream.Seen}: {NodeNames.Grouped(stream.Contents.Select(static c => (c.Node, Shown(c))))}";
        if (stream.Contents.Any(c => c.Register != first.Register))
        {
            yield return $"  what the chunkserver tells about itself differs: {NodeNames.Grouped(stream.Contents.Select(static c => (c.Node, $"checksum {c.Register:x16}")))}";
        }

        if (stream.Chunk is { } chunk)
        {
            yield return $"  first differing chunk, in the order of changes: {chunk.Chunk:X16}: {NodeNames.Grouped(chunk.Copies.Select(static c => (c.Node, Shown(c))))}";
        }
        else if (stream.Unnamed.Length > 0)
        {
            yield return $"  first differing chunk: not named: {stream.Unnamed}";
        }
    }
}

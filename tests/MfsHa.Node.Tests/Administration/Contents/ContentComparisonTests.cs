using MfsHa.Admin.Contract;
using MfsHa.Replication.Locations;

namespace MfsHa.Node.Tests.Administration.Contents;

public sealed class ContentComparisonTests
{
    private static readonly ChunkServerIncarnation Server = new(1, 7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_have_the_same_agree()
    {
        var nodes = new LocalNodes(3);
        Assert.Equal((ConsistencyKind.Same, "CRDT state: 3 nodes agree: no chunkserver is known"), Said(await nodes.CompareAsync(Cancellation)));
        Report(nodes, 10);
        nodes.Sync(1, 2);
        nodes.Sync(2, 3);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Same, kind);
        Assert.Matches("^CRDT state: chunkserver 1: 3 nodes agree at change 11 \\(10 copies, checksum [0-9a-f]{16}\\)$", text);
        Assert.Equal(text, Said(await nodes.CompareAsync(Cancellation)).Text);
    }

    [Fact]
    public async Task A_stream_that_goes_on_is_compared_all_the_same()
    {
        var nodes = new LocalNodes(3);
        Report(nodes, 10);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task writing = Task.Run(
            async () =>
            {
                for (uint version = 2; !stop.IsCancellationRequested; version++)
                {
                    nodes.Locations[0].Report(Server, [new ChunkCopy(5, version), new ChunkCopy(6, version)]);
                    nodes.Sync(1, 2);
                    await Task.Yield();
                    nodes.Locations[0].Report(Server, [new ChunkCopy(7, version)]);
                    nodes.Sync(1, 3);
                    nodes.Sync(1, 2);
                    await Task.Delay(1, CancellationToken.None);
                }
            },
            Cancellation);
        for (int round = 0; round < 5; round++)
        {
            (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
            Assert.True(kind == ConsistencyKind.Same, text);
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task The_first_chunk_that_differs_is_named()
    {
        var nodes = new LocalNodes(3);
        Report(nodes, 10);
        nodes.Sync(1, 2);

        // Of the last copy of the piece: the third byte of its version.
        nodes.Sync(1, 3, static piece => Spoilt(piece, 3, 4));
        Report(nodes, 5, 20);
        nodes.Sync(1, 2);
        nodes.Sync(1, 3);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Different, kind);
        Assert.Matches(
            "^CRDT state: chunkserver 1: DIFFERENT at change 16: nodes 1, 2: 15 copies, checksum [0-9a-f]{16}; node 3: 15 copies, checksum [0-9a-f]{16}\n"
            + "  first differing chunk, in the order of changes: 000000000000000A: nodes 1, 2: version 1, change 11; node 3: version 262145, change 11$",
            text);
    }

    [Fact]
    public async Task A_chunk_that_one_node_lacks_is_named()
    {
        var nodes = new LocalNodes(3);
        Report(nodes, 10);

        // The id of the last chunk: node 2 has another one in its place.
        nodes.Sync(1, 2, static piece => Spoilt(piece, 13, 0x40));
        nodes.Sync(1, 3);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Different, kind);
        Assert.EndsWith("first differing chunk, in the order of changes: 000000000000000A: nodes 1, 3: version 1, change 11; node 2: absent", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_chunkserver_tells_about_itself_is_compared()
    {
        var nodes = new LocalNodes(2);
        nodes.Locations[0].Begin(Server, new ChunkServerInfo { Errors = 1 });

        // The last byte of the register, before the number of copies.
        nodes.Sync(1, 2, static piece => Spoilt(piece, 5, 1));
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Different, kind);
        Assert.Contains("\n  what the chunkserver tells about itself differs: node 1: checksum ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_lacks_changes_ends_and_decisions_is_told()
    {
        var nodes = new LocalNodes(3);
        Report(nodes, 10);
        nodes.Sync(1, 2);
        nodes.Sync(1, 3);
        Report(nodes, 5, 20);
        nodes.Sync(1, 2);
        nodes.Locations[1].Drop(new ChunkServerIncarnation(9, 4));
        nodes.SyncSummary(2, 1);
        Assert.Equal(
            (ConsistencyKind.Different,
                "CRDT state: chunkserver 1: DIFFERENT: node 3 lacks 5 changes (it has 11 of 16)\n"
                + "CRDT state: chunkserver 9: DIFFERENT: node 3: not known that connections before 5 were dropped"),
            Said(await nodes.CompareAsync(Cancellation)));

        nodes.Sync(2, 3);
        nodes.SyncSummary(2, 3);
        nodes.Locations[2].Disconnect(Server);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Different, kind);
        Assert.StartsWith(
            "CRDT state: chunkserver 1: DIFFERENT: node 1 does not know that the connection has ended\nCRDT state: chunkserver 1: DIFFERENT: node 2 does not know that the connection has ended\n"
            + "CRDT state: chunkserver 1: 3 nodes agree at change 16 (",
            text,
            StringComparison.Ordinal);
        nodes.SyncSummary(3, 1);
        nodes.SyncSummary(3, 2);
        Assert.Equal(ConsistencyKind.Same, Said(await nodes.CompareAsync(Cancellation)).Kind);
    }

    [Fact]
    public async Task A_connection_that_is_over_on_one_node_is_missed_by_nobody()
    {
        var nodes = new LocalNodes(2);
        Report(nodes, 10);
        nodes.Sync(1, 2);
        nodes.Locations[0].Begin(new ChunkServerIncarnation(1, 8), new ChunkServerInfo());
        nodes.Locations[0].Report(new ChunkServerIncarnation(1, 8), [new ChunkCopy(1, 1)]);
        nodes.Locations[0].Complete(new ChunkServerIncarnation(1, 8));
        nodes.Sync(1, 2);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Same, kind);
        Assert.StartsWith("CRDT state: chunkserver 1: 2 nodes agree at change 3 (1 copy, checksum ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_cannot_compare_or_does_not_answer_makes_it_incomplete()
    {
        var nodes = new LocalNodes(3, former: 3);
        Report(nodes, 10);
        nodes.Sync(1, 2);
        (ConsistencyKind kind, string text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Incomplete, kind);
        Assert.Matches("^CRDT state: INCOMPLETE: node 3: node 3 does not know the operation 10\nCRDT state: chunkserver 1: 2 nodes agree at change 11 ", text);

        nodes = new LocalNodes(2);
        nodes.Stop(2);
        (kind, text) = Said(await nodes.CompareAsync(Cancellation));
        Assert.Equal(ConsistencyKind.Incomplete, kind);
        Assert.Contains("INCOMPLETE: node 2", text, StringComparison.Ordinal);
    }

    private static (ConsistencyKind Kind, string Text) Said(CompareCrdtReply reply)
    {
        var verdict = new CrdtVerdict(reply, "");
        string text = string.Join('\n', verdict.Lines());
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        return (verdict.Kind, text);
    }

    private static byte[] Spoilt(byte[] piece, int fromEnd, byte bits)
    {
        piece[^fromEnd] ^= bits;
        return piece;
    }

    private static void Report(LocalNodes nodes, int chunks, int first = 1)
    {
        if (nodes.Locations[0].FindServer(Server) is null)
        {
            nodes.Locations[0].Begin(Server, new ChunkServerInfo());
        }

        nodes.Locations[0].Report(Server, [.. Enumerable.Range(first, chunks).Select(static chunk => new ChunkCopy((ulong)chunk, 1))]);
    }
}

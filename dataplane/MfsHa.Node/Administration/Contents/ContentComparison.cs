using Google.Protobuf;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;

namespace MfsHa.Node.Administration.Contents;

/// <summary>
/// Compares what nodes have of the CRDT state: each counts its copies of each stream, and remembers what they amounted to after its last changes; what is compared is what they had after the same change. What is merely on
/// its way makes no difference: what any node had at the first look must be everywhere only at the last one.
/// </summary>
internal sealed class ContentComparison(PeerOperations peers, TimeProvider time)
{
    // A node's part of a step is bounded by a second.
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    // As for a reconciliation: longer than a delta takes round the ring.
    private static readonly TimeSpan Travel = TimeSpan.FromMilliseconds(500);

    // States reach back for more than a second, and are kept while nodes are asked.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MaxTries = 25;

    public async Task<CompareCrdtReply> RunAsync(IReadOnlyList<NodeId> nodes, CancellationToken cancellation)
    {
        var run = new Run(peers, time, [.. nodes]);
        try
        {
            await run.CompareAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await run.EndAsync().ConfigureAwait(false);
        }

        return run.Reply;
    }

    private sealed class Run(PeerOperations peers, TimeProvider time, List<NodeId> live)
    {
        private readonly ByteString _comparison = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        private readonly long _began = time.GetTimestamp();

        public CompareCrdtReply Reply { get; } = new();

        public async Task CompareAsync(CancellationToken cancellation)
        {
            Dictionary<NodeId, ScanCrdtReply> first = await AskAsync([], cancellation).ConfigureAwait(false);
            CrdtPosition known = CrdtComparison.Union(first.Values.Select(static a => a.Position));
            foreach (CrdtStream[] streams in known.Streams.Chunk(OwnContents.MaxStreams))
            {
                await CompareAsync(streams, cancellation).ConfigureAwait(false);
            }

            if (Lacks(known, first, first).Any())
            {
                TimeSpan left = Travel - time.GetElapsedTime(_began);
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellation).ConfigureAwait(false);
                foreach (Action add in Lacks(known, first, await AskAsync([], cancellation).ConfigureAwait(false)))
                {
                    add();
                }
            }

            foreach (ComparedStream stream in Reply.Streams.Where(static s => s.Contents.Select(static c => (c.Copies, c.Checksum)).Distinct().Count() > 1))
            {
                await NameAsync(stream, cancellation).ConfigureAwait(false);
            }

            Reply.Nodes.AddRange(live.Order().Select(static n => (uint)n.Value));
        }

        /// <summary>Nodes forget by themselves what they keep for the comparison, but later.</summary>
        public Task EndAsync() => Task.WhenAll(live.Select(async node =>
        {
            try
            {
                await peers.CallAsync(node, PeerOperation.ScanCrdt, new ScanCrdtRequest { Comparison = _comparison, End = true }, ScanCrdtReply.Parser, EndLimit, CancellationToken.None).ConfigureAwait(false);
            }
            catch (AdminException)
            {
                // It is gone, or forgets by itself.
            }
        }));

        private async Task CompareAsync(CrdtStream[] streams, CancellationToken cancellation)
        {
            List<CrdtStream> left = [.. streams];
            for (int tries = 1; left.Count > 0; tries++)
            {
                Dictionary<NodeId, ScanCrdtReply> answers = await AskAsync(left, cancellation).ConfigureAwait(false);
                bool isLast = tries >= MaxTries || time.GetElapsedTime(_began) > WholeLimit;
                List<CrdtStream> next = [];
                bool isCounting = false;
                for (int i = 0; i < left.Count; i++)
                {
                    StreamStanding standing = Judge(left[i], [.. answers.OrderBy(static a => a.Key).Select(a => ((uint)a.Key.Value, a.Value.Streams[i]))], isLast);
                    isCounting |= standing == StreamStanding.UnderWay;
                    if (standing != StreamStanding.Comparable)
                    {
                        next.Add(left[i]);
                    }
                }

                // Counting takes as long as it takes; tries are for streams that move.
                tries -= isCounting ? 1 : 0;
                left = isLast ? [] : next;
                if (left.Count > 0)
                {
                    await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
                }
            }
        }

        // Comparable: it is done with.
        private StreamStanding Judge(CrdtStream known, IReadOnlyList<(uint Node, ScannedStream Scanned)> answers, bool isLast)
        {
            StreamJudgement judgement = StreamJudgement.Of(answers);
            switch (judgement.Standing)
            {
                case StreamStanding.Over:
                    return StreamStanding.Comparable;
                case StreamStanding.Comparable when judgement.Seen >= known.Seen || isLast || answers.All(a => StreamJudgement.LastOf(a.Scanned) >= known.Seen):
                    Add(known, judgement, answers, "");
                    return StreamStanding.Comparable;
                case var standing:
                    if (isLast)
                    {
                        Add(known, judgement, answers, standing switch
                        {
                            StreamStanding.UnderWay => $"its copies could not be counted within {WholeLimit.TotalMinutes:0} minutes",
                            StreamStanding.Refused => "too many comparisons are under way",
                            _ => "it changes too fast: there was no change after which all nodes could be compared",
                        });
                    }

                    return standing is StreamStanding.Comparable ? StreamStanding.Apart : standing;
            }
        }

        private void Add(CrdtStream known, StreamJudgement judgement, IReadOnlyList<(uint Node, ScannedStream Scanned)> answers, string obstacle)
        {
            var stream = new ComparedStream { ChunkServer = known.ChunkServer, Epoch = known.Epoch, Seen = judgement.Seen, Contents = { judgement.Contents } };
            if (judgement.Standing is StreamStanding.Comparable or StreamStanding.Apart)
            {
                stream.Missing.AddRange(answers.Where(a => StreamJudgement.LastOf(a.Scanned) < known.Seen).Select(a => new MissingAt
                {
                    Node = a.Node,
                    State = new MissingState { ChunkServer = known.ChunkServer, Epoch = known.Epoch, Seen = StreamJudgement.LastOf(a.Scanned), Known = known.Seen },
                }));
            }

            stream.Obstacle = stream.Missing.Count > 0 ? "" : obstacle;
            Reply.Streams.Add(stream);
        }

        /// <summary>Ends of connections and decisions of which nodes have not heard, each as what notes it in the reply.</summary>
        private IEnumerable<Action> Lacks(CrdtPosition known, Dictionary<NodeId, ScanCrdtReply> first, Dictionary<NodeId, ScanCrdtReply> last)
        {
            foreach ((NodeId node, ScanCrdtReply answer) in last.OrderBy(static a => a.Key))
            {
                foreach (MissingState state in CrdtComparison.Missing(known, answer.Position).Where(static m => m.End))
                {
                    yield return () => Reply.Streams.FirstOrDefault(s => s.ChunkServer == state.ChunkServer && s.Epoch == state.Epoch)?.Missing.Add(new MissingAt
                    {
                        Node = node.Value,
                        State = new MissingState { ChunkServer = state.ChunkServer, Epoch = state.Epoch, Seen = state.Known, Known = state.Known, End = true },
                    });
                }

                foreach (var dropped in first.Values.SelectMany(static a => a.Dropped).GroupBy(static d => d.ChunkServer, static d => d.Epoch).OrderBy(static d => d.Key))
                {
                    if (!answer.Dropped.Any(d => d.ChunkServer == dropped.Key && d.Epoch >= dropped.Max()))
                    {
                        yield return () => Reply.MissingDrops.Add(new MissingDrop { Node = node.Value, ChunkServer = dropped.Key, Epoch = dropped.Max() });
                    }
                }
            }
        }

        private async Task NameAsync(ComparedStream stream, CancellationToken cancellation)
        {
            var groups = stream.Contents.GroupBy(static c => (c.Copies, c.Checksum), static c => c.Node).OrderByDescending(static g => g.Count()).ToList();
            var search = new ChunkSearch(peers, time, stream.ChunkServer, stream.Epoch);
            try
            {
                stream.Chunk = await search.FindAsync(groups[0].First(), groups[^1].First(), [.. stream.Contents.Select(static c => c.Node)], cancellation).ConfigureAwait(false);
                stream.Unnamed = stream.Chunk is null ? "a second look finds none: it was overwritten meanwhile" : "";
            }
            catch (AdminException e)
            {
                stream.Unnamed = e.Message;
            }
        }

        /// <summary>A step on all nodes that have answered so far; who does not is left out from now on.</summary>
        private async Task<Dictionary<NodeId, ScanCrdtReply>> AskAsync(List<CrdtStream> streams, CancellationToken cancellation)
        {
            var request = new ScanCrdtRequest { Comparison = _comparison, Streams = { streams } };
            var answers = await Task.WhenAll(live.Select(async node =>
            {
                try
                {
                    ScanCrdtReply reply = await peers.CallAsync(node, PeerOperation.ScanCrdt, request, ScanCrdtReply.Parser, StepLimit, cancellation).ConfigureAwait(false);
                    return reply.Streams.Count == streams.Count && (streams.Count > 0 || reply.Position is not null)
                        ? (Node: node, Reply: reply, Error: "")
                        : (Node: node, Reply: null, Error: "the node gives an answer that is none");
                }
                catch (AdminException e)
                {
                    return (Node: node, Reply: (ScanCrdtReply?)null, Error: e.Message);
                }
            })).ConfigureAwait(false);
            foreach ((NodeId node, ScanCrdtReply? reply, string error) in answers)
            {
                if (reply is null)
                {
                    live.Remove(node);
                    Reply.Uncompared.Add(new UncomparedNode { Node = node.Value, Error = error });
                }
            }

            return answers.Where(static a => a.Reply is not null).ToDictionary(static a => a.Node, static a => a.Reply!);
        }
    }
}

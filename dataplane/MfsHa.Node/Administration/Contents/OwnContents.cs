using System.Diagnostics;
using Google.Protobuf.Collections;
using MfsHa.Admin.Contract;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Locations.Comparison;
using MfsHa.Storage;

namespace MfsHa.Node.Administration.Contents;

/// <summary>What this node tells when nodes compare the CRDT state.</summary>
internal sealed class OwnContents(IContentComparison contents, Func<CrdtPosition> position)
{
    /// <summary>Streams of one call: its answer has at most 256 states of each.</summary>
    public const int MaxStreams = 64;

    private const int ComparisonBytes = 16;
    private const int PageCopies = 4096;

    // Some milliseconds under the lock of a chunkserver's connection.
    private const int ChangesAtOnce = 8192;

    // Of one call: who compares asks again, and may give up in between.
    private static readonly TimeSpan ScanBudget = TimeSpan.FromSeconds(1);

    public void Register(PeerOperations peers)
    {
        peers.Handle(PeerOperation.ScanCrdt, ScanCrdtRequest.Parser, ScanAsync);
        peers.Handle(PeerOperation.ReadCopies, ReadCopiesRequest.Parser, (request, _) => Task.FromResult(request.Chunk > 0 ? Find(request) : ReadPage(request)));
    }

    private static ChunkServerIncarnation Stream(uint chunkServer, ulong epoch) =>
        new(chunkServer is > 0 and <= ushort.MaxValue ? (ushort)chunkServer : throw new FormatException($"chunkserver {chunkServer}"), epoch);

    private static ReadCopy Message(CopyState copy) => new()
    {
        Chunk = copy.ChunkId,
        Copy = new DifferingCopy { Present = copy.IsPresent, Version = copy.Version, Flags = (uint)copy.Flags, Sequence = (ulong)copy.Sequence },
    };

    private static ScannedStream Message(ScanStep step)
    {
        var message = new ScannedStream
        {
            Progress = step.Outcome switch
            {
                ScanOutcome.Unknown => ScanProgress.Unknown,
                ScanOutcome.Over => ScanProgress.Over,
                ScanOutcome.UnderWay => ScanProgress.UnderWay,
                ScanOutcome.CaughtUp => ScanProgress.Counted,
                _ => ScanProgress.Refused,
            },
        };
        message.States.AddRange(step.States.Select(static s => new ScannedState { Seen = (ulong)s.Seen, Copies = (ulong)s.Copies, Checksum = s.Checksum, Register = s.Register }));
        return message;
    }

    private async Task<ScanCrdtReply> ScanAsync(ScanCrdtRequest request, CancellationToken cancellation)
    {
        if (request.Comparison.Length != ComparisonBytes || request.Streams.Count > MaxStreams)
        {
            throw new FormatException($"a comparison has a name of {ComparisonBytes} bytes and at most {MaxStreams} streams at once");
        }

        var comparison = new Guid(request.Comparison.Span);
        if (request.End)
        {
            contents.EndScans(comparison);
        }

        if (request.Streams.Count > 0)
        {
            return await OwnThread.RunAsync(() => Scan(comparison, request.Streams, cancellation), cancellation).ConfigureAwait(false);
        }

        var reply = new ScanCrdtReply { Position = position() };
        reply.Dropped.AddRange(contents.Dropped().Select(static d => new CrdtFloor { ChunkServer = d.ChunkServerId, Epoch = d.Epoch }));
        return reply;
    }

    private ScanCrdtReply Scan(Guid comparison, RepeatedField<CrdtStream> streams, CancellationToken cancellation)
    {
        var reply = new ScanCrdtReply();
        long start = Stopwatch.GetTimestamp();
        foreach (CrdtStream stream in streams)
        {
            ChunkServerIncarnation id = Stream(stream.ChunkServer, stream.Epoch);
            ScanStep step;
            do
            {
                cancellation.ThrowIfCancellationRequested();
                step = contents.Scan(comparison, id, ChangesAtOnce);
            }
            while (step.Outcome == ScanOutcome.UnderWay && Stopwatch.GetElapsedTime(start) < ScanBudget);
            reply.Streams.Add(Message(step));
        }

        return reply;
    }

    private ReadCopiesReply ReadPage(ReadCopiesRequest request)
    {
        var page = new CopyState[PageCopies];
        long cursor = (long)Math.Min(request.After, long.MaxValue);
        int count = contents.ReadCopies(Stream(request.ChunkServer, request.Epoch), ref cursor, page, out bool isEnd);
        return new ReadCopiesReply { Copies = { page.Take(count).Select(Message) }, After = (ulong)cursor, IsEnd = isEnd, Known = true };
    }

    private ReadCopiesReply Find(ReadCopiesRequest request) =>
        contents.FindCopy(Stream(request.ChunkServer, request.Epoch), request.Chunk) is var (copy, seen)
            ? new ReadCopiesReply { Copies = { Message(copy) }, IsEnd = true, Seen = (ulong)seen, Known = true }
            : new ReadCopiesReply { IsEnd = true };
}

using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Replication.Locations;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>CHECK of one chunk: its copies, good ones and others (client-protocol 3.5).</summary>
internal sealed class CheckHandler : ServingHandler<Wire.CheckRequest, (Wire.CheckRequest Request, Caller Caller)>
{
    private const int MostCopies = 10;
    private const int HoleCounter = 11;
    private const ushort MissingClass = 0;
    private const ushort HoleClass = 1;
    private const ushort FirstCopyClass = 2;

    /// <inheritdoc/>
    protected override (Wire.CheckRequest Request, Caller Caller) Prepare(Wire.CheckRequest request, in RequestContext context) => (request, context.Anonymous());

    /// <inheritdoc/>
    protected override Task ServeAsync(PendingRequest request, (Wire.CheckRequest Request, Caller Caller) order) =>
        order.Request.Index is { } index ? ShowChunkAsync(request, order.Request, index, order.Caller) : CountCopiesAsync(request, order.Request, order.Caller);

    private static async Task ShowChunkAsync(PendingRequest request, Wire.CheckRequest check, uint index, Caller caller)
    {
        var reply = await request.ExecuteAsync(new ListFileChunks(check.Inode, index, 1, caller)).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            request.Answer(reply.Status);
            return;
        }

        var page = Expect.Reply<FileChunksReply>(reply);
        if (index >= page.Slots)
        {
            request.Answer(StatusCode.NoChunk);
            return;
        }

        var mode = check.Mode ?? CheckMode.Legacy;
        var shown = page.Chunks is [{ Index: var found } chunk] && found == index
            ? new CheckedChunk(chunk.Chunk, chunk.Record?.Version ?? 0, 0, CopiesOf(request.Connection.Services.Locations, chunk))
            : new CheckedChunk(0, 0, 0, default);
        request.Connection.Write((Request: request, mode, shown), static (ref writer, a) => CheckReply.WriteChunk(ref writer, a.Request.MessageId, a.mode, a.shown));
    }

    private static async Task CountCopiesAsync(PendingRequest request, Wire.CheckRequest check, Caller caller)
    {
        var copies = new uint[MostCopies + 1];
        uint missing = 0;
        uint known = 0;
        uint slots;
        uint from = 0;
        do
        {
            var reply = await request.ExecuteAsync(new ListFileChunks(check.Inode, from, ListFileChunks.MaxPage, caller)).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var page = Expect.Reply<FileChunksReply>(reply);
            slots = page.Slots;
            known += (uint)page.Chunks.Length;
            foreach (var chunk in page.Chunks)
            {
                if (chunk.Record is null)
                {
                    missing++;
                }
                else
                {
                    copies[Math.Min(MostCopies, GoodCopies(request.Connection.Services.Locations, chunk.Chunk, chunk.Record.Version))]++;
                }
            }

            from = page.Next;
        }
        while (from != 0);
        var mode = check.Mode ?? CheckMode.Legacy;
        var counts = mode == CheckMode.Legacy ? LegacyCounts(copies, missing, slots - known) : Counts(copies, missing, slots - known);
        request.Connection.Write((Request: request, mode, counts), static (ref writer, a) => CheckReply.WriteCounts(ref writer, a.Request.MessageId, a.mode, a.counts));
    }

    private static CheckedCount[] LegacyCounts(uint[] copies, uint missing, uint holes)
    {
        var counts = new CheckedCount[CheckReply.CopyCounters];
        for (ushort i = 0; i <= MostCopies; i++)
        {
            counts[i] = new CheckedCount(i, copies[i]);
        }

        counts[HoleCounter] = new CheckedCount(HoleCounter, missing + holes);
        return counts;
    }

    private static CheckedCount[] Counts(uint[] copies, uint missing, uint holes)
    {
        var counts = new List<CheckedCount> { new(MissingClass, missing), new(HoleClass, holes) };
        for (ushort i = 0; i <= MostCopies; i++)
        {
            counts.Add(new CheckedCount((ushort)(FirstCopyClass + i), copies[i]));
        }

        return [.. counts.Where(static c => c.Chunks > 0)];
    }

    internal static int GoodCopies(IChunkLocationView locations, ulong chunk, uint version)
    {
        var good = 0;
        foreach (var copy in Find(locations, chunk))
        {
            good += copy.Part == 0 && copy.Version == version && (copy.Flags & ChunkFlags.Damaged) == 0 && copy.Server.IsConnected ? 1 : 0;
        }

        return good;
    }

    private static CheckedCopy[] CopiesOf(IChunkLocationView locations, FileChunk chunk) =>
    [
        .. Find(locations, chunk.Chunk)
            .Where(static c => c.Server.IsConnected)
            .Select(c => new CheckedCopy(c.Server.Info.Ip, c.Server.Info.Port, StateOf(c, chunk.Record?.Version ?? 0), c.Part)),
    ];

    private static CheckedCopyState StateOf(MfsHa.Replication.Locations.ChunkLocation copy, uint version)
    {
        if ((copy.Flags & ChunkFlags.Damaged) != 0)
        {
            return CheckedCopyState.Invalid;
        }

        var isMarked = (copy.Flags & ChunkFlags.MarkedForRemoval) != 0;
        return copy.Version == version
            ? isMarked ? CheckedCopyState.MarkedForRemoval : CheckedCopyState.Valid
            : isMarked ? CheckedCopyState.WrongVersionMarkedForRemoval : CheckedCopyState.WrongVersion;
    }

    internal static MfsHa.Replication.Locations.ChunkLocation[] Find(IChunkLocationView locations, ulong chunk)
    {
        const int Usual = 16;
        var found = new MfsHa.Replication.Locations.ChunkLocation[Usual];
        var count = locations.Find(chunk, found);
        if (count > found.Length)
        {
            found = new MfsHa.Replication.Locations.ChunkLocation[count];
            count = Math.Min(count, locations.Find(chunk, found));
        }

        return found[..count];
    }
}

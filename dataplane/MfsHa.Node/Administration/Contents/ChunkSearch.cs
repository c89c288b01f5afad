using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;

namespace MfsHa.Node.Administration.Contents;

/// <summary>
/// Finds the first chunk, in the order of a stream's changes, of which two nodes say different things. Both are read page by page and side by side; since the stream may go on meanwhile, what is not the same at once is
/// asked for again: first the node that lacks it, then the one that has it. Of that one what it has must be older than what the other had seen, and it must have seen as much itself: then both are about one change.
/// </summary>
internal sealed class ChunkSearch(PeerOperations peers, TimeProvider time, uint chunkServer, ulong epoch)
{
    private const int MaxCandidates = 1000;
    private const int MaxLooks = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Searches. Null when all that was not the same was on its way.</summary>
    /// <exception cref="AdminException">A node does not answer any more, or it takes too long.</exception>
    public async Task<DifferingChunk?> FindAsync(uint one, uint other, IReadOnlyList<uint> all, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Limit);
        try
        {
            return await SearchAsync(new Pages(this, one), new Pages(this, other), all, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new AdminException(AdminFailure.Unavailable, $"it was not found within {Limit.TotalSeconds:0} s");
        }
    }

    private async Task<DifferingChunk?> SearchAsync(Pages one, Pages other, IReadOnlyList<uint> all, CancellationToken cancellation)
    {
        for (int candidates = 0; candidates < MaxCandidates;)
        {
            await Task.WhenAll(one.FillAsync(cancellation), other.FillAsync(cancellation)).ConfigureAwait(false);
            if (one.Next is null && other.Next is null)
            {
                return null;
            }

            bool isOnes = other.Next is null || one.Next?.Copy.Sequence <= other.Next.Copy.Sequence;
            (Pages holder, Pages second) = isOnes ? (one, other) : (other, one);
            ReadCopy copy = holder.Next!;
            bool isBoth = second.Next?.Copy.Sequence == copy.Copy.Sequence;
            holder.Advance();
            bool isSame = isBoth && copy.Equals(second.Next);
            if (isBoth)
            {
                second.Advance();
            }

            if (isSame)
            {
                continue;
            }

            candidates++;
            if (await DifferAsync(copy.Chunk, second.Node, holder.Node, cancellation).ConfigureAwait(false))
            {
                return await DescribeAsync(copy.Chunk, all, cancellation).ConfigureAwait(false);
            }
        }

        throw new AdminException(AdminFailure.Unavailable, "it changes too fast");
    }

    private async Task<bool> DifferAsync(ulong chunk, uint lacking, uint holder, CancellationToken cancellation)
    {
        for (int look = 0; look < MaxLooks; look++)
        {
            ReadCopiesReply there = await AskAsync(lacking, chunk, 0, cancellation).ConfigureAwait(false);
            ReadCopiesReply here = await AskAsync(holder, chunk, 0, cancellation).ConfigureAwait(false);
            if (!there.Known || !here.Known || !here.Copies[0].Copy.Present || here.Copies[0].Equals(there.Copies[0]))
            {
                return false;
            }

            if (here.Seen >= there.Seen && here.Copies[0].Copy.Sequence <= there.Seen)
            {
                return true;
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }

        return false;
    }

    private async Task<DifferingChunk> DescribeAsync(ulong chunk, IReadOnlyList<uint> all, CancellationToken cancellation)
    {
        var described = new DifferingChunk { Chunk = chunk };
        foreach (uint node in all)
        {
            ReadCopiesReply reply = await AskAsync(node, chunk, 0, cancellation).ConfigureAwait(false);
            if (reply.Known)
            {
                DifferingCopy copy = reply.Copies[0].Copy;
                copy.Node = node;
                described.Copies.Add(copy);
            }
        }

        return described;
    }

    private async Task<ReadCopiesReply> AskAsync(uint node, ulong chunk, ulong after, CancellationToken cancellation)
    {
        var request = new ReadCopiesRequest { ChunkServer = chunkServer, Epoch = epoch, After = after, Chunk = chunk };
        ReadCopiesReply reply = await peers.CallAsync(new NodeId((ushort)node), PeerOperation.ReadCopies, request, ReadCopiesReply.Parser, CallLimit, cancellation).ConfigureAwait(false);
        return chunk == 0 || !reply.Known || reply.Copies.Count == 1 ? reply : throw new AdminException(AdminFailure.Refused, $"node {node} gives an answer that is none");
    }

    /// <summary>A node's copies in the order of their changes.</summary>
    private sealed class Pages(ChunkSearch search, uint node)
    {
        private ReadCopiesReply _page = new();
        private int _next;

        public uint Node => node;

        /// <summary>The next copy; null behind the last one.</summary>
        public ReadCopy? Next => _next < _page.Copies.Count ? _page.Copies[_next] : null;

        public void Advance() => _next++;

        // A page without copies that is not the last one goes on, or the node is wrong: its cursor must grow.
        public async Task FillAsync(CancellationToken cancellation)
        {
            while (Next is null && !_page.IsEnd)
            {
                ulong after = _page.After;
                (_page, _next) = (await search.AskAsync(node, 0, after, cancellation).ConfigureAwait(false), 0);
                if (!_page.IsEnd && _page.After <= after)
                {
                    throw new AdminException(AdminFailure.Refused, $"node {node} gives the same page again");
                }
            }
        }
    }
}

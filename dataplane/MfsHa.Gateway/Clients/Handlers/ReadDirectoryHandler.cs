using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>READDIR (client-protocol 3.4).</summary>
internal sealed class ReadDirectoryHandler : ServingHandler<Wire.ReadDirectoryRequest, ReadDirectory>
{
    /// <summary>Largest answer (`mfsmaster/matoclserv.c: matoclserv_fuse_readdir` sends none of 4 GiB): what an array and a client's patience can take.</summary>
    private const long MaxAnswer = 1L << 30;

    /// <summary>Bytes of an entry beside its name and attributes: length of the name, inode, type.</summary>
    private const int EntryOverhead = 6;

    /// <inheritdoc/>
    protected override ReadDirectory Prepare(Wire.ReadDirectoryRequest request, in RequestContext context) =>
        new(request.Inode, request.Flags, request.MaxEntries, request.Cursor, context.Caller(request.Caller));

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, ReadDirectory order)
    {
        var reply = await request.ExecuteAsync(order).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            request.Answer(reply.Status);
            return;
        }

        var page = Expect.Reply<DirectoryReply>(reply);
        var withAttributes = (order.Flags & ReadDirectoryFlags.WithAttributes) != 0;
        List<DirectoryReply> pages = [page];
        var size = SizeOf(page, withAttributes);
        var left = order.MaxEntries - (uint)Math.Min(order.MaxEntries, page.Entries.Length);

        // Clients before 4.58 take one answer for the whole directory (client-protocol 3.4), the cluster gives it in pages.
        while (pages[^1].NextCursor != DirectoryReply.EndCursor && pages[^1].Entries.Length > 0 && left > 0 && size <= MaxAnswer)
        {
            var next = await request.ExecuteAsync(order with { Cursor = pages[^1].NextCursor, MaxEntries = left }).ConfigureAwait(false);
            if (next.Status != StatusCode.Ok)
            {
                request.Answer(next.Status);
                return;
            }

            var more = Expect.Reply<DirectoryReply>(next);
            pages.Add(more);
            size += SizeOf(more, withAttributes);
            left -= (uint)Math.Min(left, more.Entries.Length);
        }

        if (size > MaxAnswer)
        {
            request.Answer(StatusCode.ERange);
            return;
        }

        if (page.AccessTimeDue)
        {
            // Before the answer: whoever looks afterwards sees the new time, as with one mfsmaster. It is due once after a change, not at each read.
            await request.ExecuteAsync(new TouchAccessTime(page.Directory)).ConfigureAwait(false);
        }

        Answer(request, pages, withAttributes);
    }

    private static long SizeOf(DirectoryReply page, bool withAttributes)
    {
        long size = 0;
        foreach (var entry in page.Entries)
        {
            size += EntryOverhead + entry.Name.Length + (withAttributes ? AttributeRecord.Size : 0);
        }

        return size;
    }

    private static void Answer(PendingRequest request, List<DirectoryReply> pages, bool withAttributes) => request.Connection.Write(
        (Request: request, pages, withAttributes),
        static (ref writer, a) =>
        {
            Wire.ReadDirectoryReply.Begin(ref writer, a.Request.MessageId);
            foreach (var page in a.pages)
            {
                foreach (ref readonly var entry in page.Entries.AsSpan())
                {
                    if (a.withAttributes)
                    {
                        Wire.ReadDirectoryReply.Entry(ref writer, entry.Name.Span, entry.Inode, entry.Attributes, a.Request.Connection.Version);
                    }
                    else
                    {
                        Wire.ReadDirectoryReply.Entry(ref writer, entry.Name.Span, entry.Inode, entry.Type);
                    }
                }
            }

            Wire.ReadDirectoryReply.End(ref writer, a.pages[^1].NextCursor);
        });
}

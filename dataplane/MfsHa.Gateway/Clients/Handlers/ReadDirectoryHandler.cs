using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using Wire = MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>READDIR (client-protocol 3.4).</summary>
internal sealed class ReadDirectoryHandler : RequestHandler
{
    /// <summary>Largest answer (`mfsmaster/matoclserv.c: matoclserv_fuse_readdir` sends none of 4 GiB): what an array and a client's patience can take.</summary>
    private const long MaxAnswer = 1L << 30;

    /// <summary>Bytes of an entry beside its name and attributes: length of the name, inode, type.</summary>
    private const int EntryOverhead = 6;

    /// <inheritdoc/>
    public override PacketType Type => PacketType.ReadDirectory;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref Protocol.Framing.PacketReader reader)
    {
        var request = Wire.ReadDirectoryRequest.Parse(ref reader, context.Session.Version);
        var caller = context.Caller(request.Caller);
        var query = new ReadDirectory(request.Inode, request.Flags, request.MaxEntries, request.Cursor, caller);
        _ = RunAsync(context.Pending, query, (request.Flags & ReadDirectoryFlags.WithAttributes) != 0);
    }

    private static async Task RunAsync(PendingRequest request, ReadDirectory query, bool withAttributes)
    {
        var connection = request.Connection;
        var place = connection.BeginRequest();
        try
        {
            var reply = await connection.Services.Cluster.ExecuteAsync(query, connection.Closing).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                request.Answer(reply.Status);
                return;
            }

            var page = Expect.Reply<DirectoryReply>(reply);
            List<DirectoryReply> pages = [page];
            var size = SizeOf(page, withAttributes);
            var left = query.MaxEntries - (uint)Math.Min(query.MaxEntries, page.Entries.Length);

            // Clients before 4.58 take one answer for the whole directory (client-protocol 3.4), the cluster gives it in pages.
            while (pages[^1].NextCursor != DirectoryReply.EndCursor && pages[^1].Entries.Length > 0 && left > 0 && size <= MaxAnswer)
            {
                var next = await connection.Services.Cluster.ExecuteAsync(
                    query with { Cursor = pages[^1].NextCursor, MaxEntries = left }, connection.Closing).ConfigureAwait(false);
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
                await connection.Services.Cluster.ExecuteAsync(new TouchAccessTime(page.Directory), connection.Closing).ConfigureAwait(false);
            }

            Answer(request, pages, withAttributes);
        }
        catch (Exception e)
        {
            connection.EndBy(e);
        }
        finally
        {
            connection.EndRequest(place);
        }
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

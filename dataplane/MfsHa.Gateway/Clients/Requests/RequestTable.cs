using MfsHa.Gateway.Tools;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Who serves which request of a registered client.</summary>
internal sealed class RequestTable
{
    private const int FirstUnused = 1024;

    private readonly RequestHandler?[] handlers = new RequestHandler?[FirstUnused];

    public RequestTable(IEnumerable<RequestHandler> all)
    {
        foreach (var handler in all)
        {
            ref var place = ref handlers[(int)handler.Type];
            place = place is null ? handler : throw new ArgumentException($"request {handler.Type} has two handlers", nameof(all));
        }
    }

    /// <summary>Begins to serve a request. Its payload is valid until the returned task is complete.</summary>
    /// <exception cref="MalformedPacketException">It is no request of a registered client.</exception>
    public ValueTask Begin(ClientConnection connection, ClientSession session, PacketType type, ReadOnlyMemory<byte> payload)
    {
        if (ToolDesk.Answers(type))
        {
            _ = AnswerToolAsync(connection, type, payload);
            return ValueTask.CompletedTask;
        }

        var reader = new PacketReader(payload);
        var messageId = reader.U32();
        var isFirst = connection.Requests.NoteIsFirst(messageId);
        connection.Statistics.Count(type);
        if ((uint)type < FirstUnused && handlers[(int)type] is { } handler)
        {
            handler.Begin(new RequestContext(connection, session, type, messageId, isFirst, payload), ref reader);
            return ValueTask.CompletedTask;
        }

        throw new MalformedPacketException($"packet type {(uint)type} of {payload.Length} bytes is no request of a client");
    }

    /// <summary>A question of a tool that a mount passes on; some of them have no message id.</summary>
    private static async Task AnswerToolAsync(ClientConnection connection, PacketType type, ReadOnlyMemory<byte> payload)
    {
        var place = connection.BeginRequest();
        try
        {
            await connection.Services.Tools.AnswerAsync(connection, type, payload).ConfigureAwait(false);
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
}

using MfsHa.Gateway.Tools;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Who serves which request of a registered client.</summary>
internal sealed partial class RequestTable
{
    private const int FirstUnused = 1024;

    private readonly RequestHandler?[] handlers = new RequestHandler?[FirstUnused];
    private readonly int[] refused = new int[FirstUnused];
    private readonly ILogger<RequestTable> logger;

    public RequestTable(IEnumerable<RequestHandler> all, ILogger<RequestTable> logger)
    {
        this.logger = logger;
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

        if (!IsRequest(type))
        {
            throw new MalformedPacketException($"packet type {(uint)type} of {payload.Length} bytes is no request of a client");
        }

        if (Interlocked.Increment(ref refused[(int)type]) == 1)
        {
            Log.Refused(logger, type, connection);
        }

        new PendingRequest(connection, type, messageId).Refuse(payload.Length);
        return ValueTask.CompletedTask;
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

    private static bool IsRequest(PacketType type) =>
        Enum.IsDefined(type) && (uint)type is >= (uint)PacketType.StorageClassCreate and < (uint)PacketType.SustainedInodes && ((uint)type & 1) == 0;

    private static partial class Log
    {
        [LoggerMessage(610, LogLevel.Warning, "requests of type {Type} are not served and get ENOTSUP; first asked by client {Connection}")]
        public static partial void Refused(ILogger logger, PacketType type, ClientConnection connection);
    }
}

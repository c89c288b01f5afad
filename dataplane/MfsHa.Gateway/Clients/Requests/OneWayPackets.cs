using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>The packets of a registered client that carry no message id (client-protocol 3.11).</summary>
internal sealed partial class OneWayPackets(ClientConnection connection, ClientServices services)
{
    private const long MicrosecondsPerTick = 10;

    private readonly ILogger logger = services.Loggers.CreateLogger<OneWayPackets>();
    private volatile WorkFlags flags;

    /// <summary>Lists of open files.</summary>
    public OpenFileLists OpenFiles { get; } = new(connection, services);

    /// <summary>Times of files that were read and written.</summary>
    public TimeReports Times { get; } = new(connection, services);

    /// <summary>What the client has said that it does itself.</summary>
    public WorkFlags Flags => flags;

    /// <summary>Takes the packet if it is one of these.</summary>
    /// <exception cref="MalformedPacketException">It has the wrong size.</exception>
    public bool TryTake(PacketType type, ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        switch (type)
        {
            case PacketType.Nop:
                return true;
            case PacketType.SustainedInodes or PacketType.DeprecatedSustainedInodes:
                OpenFiles.Take(SustainedInodes.Parse(ref reader).Inodes);
                return true;
            case PacketType.AccessModificationTimes:
                Times.Take(AccessModificationTimes.Parse(ref reader).Times);
                return true;
            case PacketType.TimeSync:
                AnswerTime(TimeSyncRequest.Parse(ref reader));
                return true;
            case PacketType.OperationData:
                var data = OperationData.Parse(ref reader);
                connection.Statistics.Add(data.Reads, data.Writes, data.Fsyncs);
                return true;
            case PacketType.WorkFlags:
                flags = WorkFlagsPacket.Parse(ref reader).Flags;
                return true;
            case PacketType.GetVersion:
                UnregisteredPackets.AnswerVersion(connection, services.Options, GetVersionRequest.Parse(ref reader));
                return true;
            case PacketType.Syslog:
                Log.Said(logger, connection, Printable(SyslogPacket.Parse(ref reader).Text.Span));
                return true;
            default:
                return false;
        }
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        const int Longest = 200;
        var shown = new char[Math.Min(text.Length, Longest)];
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        }

        return new string(shown);
    }

    private void AnswerTime(TimeSyncRequest request)
    {
        var now = (ulong)((services.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / MicrosecondsPerTick);
        connection.Write(new TimeSyncReply(request.MessageId, now), static (ref writer, reply) => reply.Write(ref writer));
    }

    private static partial class Log
    {
        [LoggerMessage(611, LogLevel.Information, "client {Connection} says: {Text}")]
        public static partial void Said(ILogger logger, ClientConnection connection, string text);
    }
}

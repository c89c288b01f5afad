using System.Text;
using MfsHa.Gateway.Tools;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>What is served before (or without) registration. Keep-alives are taken and never sent: mfscli would take them for its answer.</summary>
internal static class UnregisteredPackets
{
    /// <summary>Takes a packet; complete when it is answered.</summary>
    /// <exception cref="MalformedPacketException">It is not served on such a connection.</exception>
    public static ValueTask Take(ClientConnection connection, ClientServices services, PacketType type, ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        switch (type)
        {
            case PacketType.Nop:
                return ValueTask.CompletedTask;
            case PacketType.GetVersion:
                AnswerVersion(connection, services.Options, GetVersionRequest.Parse(ref reader));
                return ValueTask.CompletedTask;
            case var _ when ToolDesk.Answers(type):
                return new ValueTask(services.Tools.AnswerAsync(connection, type, payload));
            default:
                throw new MalformedPacketException($"packet type {(uint)type} of {payload.Length} bytes on a connection that is not registered");
        }
    }

    /// <summary>Answers GET_VERSION.</summary>
    public static void AnswerVersion(ClientConnection connection, GatewayOptions options, GetVersionRequest request) => connection.Write(
        new GetVersionReply(request.MessageId, options.ServerVersion, Encoding.ASCII.GetBytes(options.ServerVersionText)),
        static (ref writer, reply) => reply.Write(ref writer));
}

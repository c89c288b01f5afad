using MfsHa.Gateway.Clients.Requests;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>GET_CONFIG (client-protocol 1.8): options of mfsmaster, none of which mfsha tells. An unknown option has an empty value.</summary>
internal sealed class GetConfigHandler : RequestHandler
{
    /// <inheritdoc/>
    public override PacketType Type => PacketType.GetConfig;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref PacketReader reader)
    {
        var name = reader.Name8().ToArray();
        reader.End();
        context.Connection.Write(new ConfigValueReply(context.MessageId, name, default), static (ref writer, reply) => reply.Write(ref writer));
    }
}

/// <summary>GET_CONFIG_FILE (client-protocol 1.8): there are no such files.</summary>
internal sealed class GetConfigFileHandler : RequestHandler
{
    /// <inheritdoc/>
    public override PacketType Type => PacketType.GetConfigFile;

    /// <inheritdoc/>
    public override void Begin(in RequestContext context, ref PacketReader reader)
    {
        GetConfigFileRequest.Parse(ref reader, context.Session.Version);
        context.Pending.Answer(StatusCode.ENoEnt);
    }
}

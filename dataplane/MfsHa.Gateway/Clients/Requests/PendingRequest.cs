using System.Diagnostics;
using MfsHa.Cluster.Tracing;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using StatusReply = MfsHa.Protocol.Client.StatusReply;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>A request that waits for its answer; it gets exactly one, or its connection ends.</summary>
internal readonly record struct PendingRequest(ClientConnection Connection, PacketType Type, uint MessageId)
{
    /// <summary>Executes an operation for this request.</summary>
    public ValueTask<Reply> ExecuteAsync(Operation operation) => Connection.Services.Cluster.ExecuteAsync(operation, Connection.Closing);

    /// <summary>Follows the request until it is answered, if anybody wants that.</summary>
    public Activity? Trace() => Traces.BeginRequest(Type, Connection.Session?.Id ?? 0, MessageId);

    /// <summary>Answers with a status.</summary>
    public void Answer(StatusCode status) => Connection.WriteAnswer(
        MessageId, (this, status), static (ref writer, a) => StatusReply.Write(ref writer, a.Item1.Type, a.Item1.MessageId, a.status));

    /// <summary>Answers with data.</summary>
    public void Answer<TAnswer>(TAnswer answer)
        where TAnswer : IClientReply<TAnswer> => Connection.WriteAnswer(
        MessageId, (Request: this, Answer: answer), static (ref writer, a) => a.Answer.Write(ref writer, a.Request.MessageId, a.Request.Connection.Version));
}

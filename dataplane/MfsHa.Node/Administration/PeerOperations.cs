using Google.Protobuf;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;

namespace MfsHa.Node.Administration;

/// <summary>Day-2 operations that one node has another do (<see cref="RpcMethod.Administer"/>): one byte that says which, then its message of operations.proto; back comes its answer.</summary>
internal sealed class PeerOperations
{
    private readonly INodeRpc _rpc;
    private readonly Dictionary<PeerOperation, Func<ReadOnlyMemory<byte>, CancellationToken, Task<IMessage>>> _handlers = [];

    /// <summary>Registers the handler; before the node link starts.</summary>
    public PeerOperations(INodeRpc rpc)
    {
        _rpc = rpc;
        rpc.Handle(RpcMethod.Administer, ServeAsync);
    }

    /// <summary>This node.</summary>
    public NodeId Self => _rpc.Self;

    /// <summary>Says how an operation is done here.</summary>
    public void Handle<TRequest, TReply>(PeerOperation operation, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TReply>> handler)
        where TRequest : IMessage<TRequest>
        where TReply : IMessage => _handlers.Add(operation, async (bytes, cancellation) =>
    {
        TRequest request;
        try
        {
            request = parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FormatException($"{operation}: {e.Message}", e);
        }

        return await handler(request, cancellation).ConfigureAwait(false);
    });

    /// <summary>Has a node, this one included, do something.</summary>
    /// <exception cref="AdminException">It does not answer in time, or refuses.</exception>
    public async Task<TReply> CallAsync<TReply>(
        NodeId node, PeerOperation operation, IMessage request, MessageParser<TReply> parser, TimeSpan limit, CancellationToken cancellation)
        where TReply : IMessage<TReply>
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(limit);
        var bytes = new byte[1 + request.CalculateSize()];
        bytes[0] = (byte)operation;
        request.WriteTo(bytes.AsSpan(1));
        try
        {
            return parser.ParseFrom((await _rpc.CallAsync(node, RpcMethod.Administer, bytes, limited.Token).ConfigureAwait(false)).Span);
        }
        catch (PeerUnavailableException e)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }
        catch (RpcException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new AdminException(AdminFailure.Refused, $"node {node} gives an answer that is none: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new AdminException(AdminFailure.Unavailable, $"node {node} has not answered within {limit.TotalSeconds:0.###} s");
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (request.IsEmpty || !_handlers.TryGetValue((PeerOperation)request.Span[0], out var handler))
        {
            throw new NotSupportedException($"node {Self} does not know the operation {(request.IsEmpty ? 0 : request.Span[0])}");
        }

        return (await handler(request[1..], cancellation).ConfigureAwait(false)).ToByteArray();
    }
}

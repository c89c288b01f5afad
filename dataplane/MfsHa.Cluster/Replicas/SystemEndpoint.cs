using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Replicas;

/// <summary>The system group's replica as the router calls it.</summary>
public sealed class SystemEndpoint(IShardLog log, SystemReplica replica) : IGroupEndpoint
{
    /// <inheritdoc/>
    public IShardLog Log => log;

    /// <inheritdoc/>
    public ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation) => operation switch
    {
        SystemQuery query => AnswerAsync(query, cancellation),
        SystemCommand command => ProposeAsync(command, cancellation),
        _ => throw new ArgumentException($"{operation.GetType().Name} is neither a command nor a query", nameof(operation)),
    };

    /// <inheritdoc/>
    public ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation) =>
        throw new FormatException($"the system group knows no {operation.GetType().Name}");

    /// <inheritdoc/>
    public ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation) =>
        throw new FormatException($"the system group knows no {request.GetType().Name}");

    private async ValueTask<SystemReply> AnswerAsync(SystemQuery query, CancellationToken cancellation)
    {
        await log.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        return replica.Answer(query);
    }

    private async ValueTask<SystemReply> ProposeAsync(SystemCommand command, CancellationToken cancellation) =>
        (SystemReply)await log.ProposeAsync(LogForm.Of(command, log.Group, replica.Formats.Level), cancellation).ConfigureAwait(false);
}

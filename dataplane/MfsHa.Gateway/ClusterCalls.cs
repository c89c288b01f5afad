using System.Security.Cryptography;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Gateway;

/// <summary>How gateways call the cluster: what is rejected because everybody is busy is tried again, what must happen is tried until it has happened.</summary>
public sealed class ClusterCalls(IMetadataCluster cluster, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PersistentPause = TimeSpan.FromMilliseconds(500);

    /// <summary>A new token for a command of the system group.</summary>
    public static ulong NewToken()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return Math.Max(1, BitConverter.ToUInt64(bytes));
    }

    /// <summary>Executes an operation of the namespace. <see cref="TimeoutException"/> when the outcome is unknown.</summary>
    public async ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await cluster.ExecuteAsync(operation, cancellation).ConfigureAwait(false);
            }
            catch (ProposalRejectedException)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Executes a supervised request. <see cref="TimeoutException"/> when the outcome is unknown.</summary>
    public async ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await cluster.ExecuteAsync(request, cancellation).ConfigureAwait(false);
            }
            catch (ProposalRejectedException)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Executes an operation of the system group. <see cref="TimeoutException"/> when the outcome is unknown.</summary>
    public async ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await cluster.ExecuteAsync(operation, cancellation).ConfigureAwait(false);
            }
            catch (ProposalRejectedException)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Executes a command of the system group that must happen, however long that takes. It needs a token, or may be executed twice.
    /// </summary>
    public async Task<SystemReply> ExecutePersistentlyAsync(SystemCommand command, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await ExecuteAsync(command, stopping).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await Task.Delay(PersistentPause, clock, stopping).ConfigureAwait(false);
            }
        }
    }
}

using MfsHa.Consensus;
using MfsHa.Metadata.Sharding;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Decisions that were carried out everywhere, to be forgotten: many with one command, because nobody waits for it and each round of the log keeps others waiting. What is in here when the leader dies its
/// successor carries out once more, which does nothing, and forgets. Thread-safe.
/// </summary>
/// <param name="shard">The coordinator's shard.</param>
/// <param name="left">Called for each that this queue has done with, forgotten or not.</param>
internal sealed class ForgettingQueue(ITransactionShard shard, Action<TransactionId> left)
{
    private const int Many = 32;
    private readonly Lock gate = new();
    private List<TransactionId> finished = [];

    /// <summary>Adds one; forgets all when there are many.</summary>
    public Task AddAsync(TransactionId id)
    {
        lock (gate)
        {
            finished.Add(id);
            if (finished.Count < Many)
            {
                return Task.CompletedTask;
            }
        }

        return FlushAsync();
    }

    /// <summary>Forgets all that are there now.</summary>
    public async Task FlushAsync()
    {
        List<TransactionId> ids;
        lock (gate)
        {
            if (finished.Count == 0)
            {
                return;
            }

            (ids, finished) = (finished, []);
        }

        try
        {
            await shard.ProposeAsync(new ForgetTransactions([.. ids], []), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or PeerUnavailableException or TimeoutException or OperationCanceledException)
        {
            // Whoever leads then does it.
        }
        finally
        {
            ids.ForEach(left);
        }
    }
}

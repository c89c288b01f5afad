using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>Opens consistent views of the whole metadata at this node's replicas, after everything that was acknowledged before the call.</summary>
public sealed class MetadataCuts(IMetadataCluster cluster, IShardCalls shards, IShardMap map, ShardHolds holds, ExpectedViews views, TimeProvider clock) : IDisposable
{
    private const int MaxAttempts = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MarkDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim one = new(1);

    /// <summary>
    /// Opens a cut. <see cref="TimeoutException"/> when this node's replicas do not get to the marks in time, as those of a node that has fallen behind or is no member, or when
    /// the shards could not be held together.
    /// </summary>
    public async Task<MetadataCut> OpenAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        try
        {
            var (shardViews, pause) = map.ShardCount == 1
                ? ([await MarkOneAsync(limited.Token).ConfigureAwait(false)], TimeSpan.Zero)
                : await MarkAllAsync(limited.Token).ConfigureAwait(false);
            return await CompleteAsync(shardViews, pause, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"this node has not reached the position of the cut within {Deadline.TotalSeconds:0} s: ask another node");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private Task<GroupView> MarkOneAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        return views.ExpectAsync(point, GroupNumbers.OfShard(0), () => shards.ExecuteAsync(0, new MarkCut(point), cancellation).AsTask(), cancellation);
    }

    private async Task<(GroupView[] Views, TimeSpan Pause)> MarkAllAsync(CancellationToken cancellation)
    {
        // Two at once would only take turns in failing.
        await one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var longest = TimeSpan.Zero;
            for (var attempt = 1; ; attempt++)
            {
                var (opened, pause) = await TryMarkAllAsync(cancellation).ConfigureAwait(false);
                longest = pause > longest ? pause : longest;
                if (opened is not null)
                {
                    return (opened, longest);
                }

                if (attempt == MaxAttempts)
                {
                    throw new TimeoutException(
                        $"the {map.ShardCount} shards could not be held together for {ShardHolds.MaxMilliseconds} ms in {MaxAttempts} attempts: leaders change, or nodes answer too slowly");
                }

                await Task.Delay(FirstPause * attempt, clock, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<(GroupView[]? Views, TimeSpan Pause)> TryMarkAllAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        ushort[] groups = [.. Enumerable.Range(0, map.ShardCount).Select(GroupNumbers.OfShard)];
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(MarkDeadline);
        var marked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var expected = Array.ConvertAll(groups, g => views.ExpectAsync(point, g, () => marked.Task, limited.Token));
        var (done, pause) = (false, TimeSpan.Zero);
        try
        {
            (done, pause) = await holds.MarkTogetherAsync(point, groups, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A node does not answer: the next attempt may find another leader.
        }
        finally
        {
            if (done)
            {
                marked.SetResult();
            }
            else
            {
                marked.SetCanceled(CancellationToken.None);
            }

            await ((Task)Task.WhenAll(expected)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (done && Array.TrueForAll(expected, static e => e.IsCompletedSuccessfully))
        {
            return (Array.ConvertAll(expected, static e => e.Result), pause);
        }

        foreach (var opened in expected.Where(static e => e.IsCompletedSuccessfully))
        {
            (await opened.ConfigureAwait(false)).Dispose();
        }

        return (null, pause);
    }

    // The system group after the shards: a session opens files only after the system group has it, and its end comes there last.
    private async Task<MetadataCut> CompleteAsync(GroupView[] shardViews, TimeSpan pause, CancellationToken cancellation)
    {
        GroupView? system = null;
        try
        {
            var point = Guid.NewGuid();
            system = await views.ExpectAsync(
                point, GroupNumbers.System, () => cluster.ExecuteAsync(new MarkSystemConsistencyPoint(point), cancellation).AsTask(), cancellation).ConfigureAwait(false);
            return new MetadataCut(shardViews, system, pause);
        }
        catch
        {
            system?.Dispose();
            foreach (var view in shardViews)
            {
                view.Dispose();
            }

            throw;
        }
    }
}

using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>
/// Opens consistent views of the whole metadata, after everything that was acknowledged before the call: at this node's replicas, and of groups that it has none of at their leaders, which ship them
/// (<see cref="ViewShipping"/>).
/// </summary>
public sealed class MetadataCuts(IMetadataCluster cluster, IShardCalls shards, IShardMap map, ShardHolds holds, ExpectedViews views, ViewShipping shipping, TimeProvider clock) : IDisposable
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
        var marked = await MarkInTimeAsync(cancellation).ConfigureAwait(false);
        GroupView[] shardViews;
        try
        {
            // That takes as long as it takes: the views stand still.
            shardViews = await FetchAsync(marked, cancellation).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new TimeoutException($"{e.Message}: try again");
        }
        finally
        {
            await shipping.EndAsync(marked.Point, marked.Holders).ConfigureAwait(false);
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        try
        {
            return await CompleteAsync(shardViews, marked.Pause, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Late();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private static TimeoutException Late() => new($"this node has not reached the position of the cut within {Deadline.TotalSeconds:0} s: ask another node");

    private async Task<MarkedCut> MarkInTimeAsync(CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        try
        {
            return map.ShardCount == 1 ? await MarkOneAsync(limited.Token).ConfigureAwait(false) : await MarkAllAsync(limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Late();
        }
    }

    private async Task<MarkedCut> MarkOneAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        var group = GroupNumbers.OfShard(0);
        Task MarkAsync() => shards.ExecuteAsync(0, new MarkCut(point), cancellation).AsTask();
        var holders = await shipping.ExpectAsync(point, [group], cancellation).ConfigureAwait(false) ?? throw new TimeoutException($"group {group} has no leader that answers: try again");
        if (holders.Count == 0)
        {
            return new MarkedCut(point, holders, new() { [group] = await views.ExpectAsync(point, group, MarkAsync, cancellation).ConfigureAwait(false) }, TimeSpan.Zero);
        }

        await MarkAsync().ConfigureAwait(false);
        return new MarkedCut(point, holders, [], TimeSpan.Zero);
    }

    // One after the other: each is written into one store.
    private async Task<GroupView[]> FetchAsync(MarkedCut marked, CancellationToken cancellation)
    {
        var complete = marked.Here;
        try
        {
            foreach (var (group, holder) in marked.Holders)
            {
                complete.Add(group, await shipping.FetchAsync(marked.Point, group, holder, cancellation).ConfigureAwait(false));
            }

            return [.. complete.OrderBy(static v => v.Key).Select(static v => v.Value)];
        }
        catch
        {
            foreach (var view in complete.Values)
            {
                view.Dispose();
            }

            throw;
        }
    }

    private async Task<MarkedCut> MarkAllAsync(CancellationToken cancellation)
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
                    return opened with { Pause = longest };
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

    private async Task<(MarkedCut? Marked, TimeSpan Pause)> TryMarkAllAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        ushort[] groups = [.. Enumerable.Range(0, map.ShardCount).Select(GroupNumbers.OfShard)];
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(MarkDeadline);
        if (await shipping.ExpectAsync(point, groups, cancellation).ConfigureAwait(false) is not { } holders)
        {
            return (null, TimeSpan.Zero);
        }

        var marked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ushort[] here = [.. groups.Where(g => !holders.ContainsKey(g))];
        var expected = Array.ConvertAll(here, g => views.ExpectAsync(point, g, () => marked.Task, limited.Token));
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
            return (new MarkedCut(point, holders, here.Zip(expected).ToDictionary(static v => v.First, static v => v.Second.Result), pause), pause);
        }

        await shipping.EndAsync(point, holders).ConfigureAwait(false);

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

    private sealed record MarkedCut(Guid Point, IReadOnlyDictionary<ushort, NodeId> Holders, Dictionary<ushort, GroupView> Here, TimeSpan Pause);
}

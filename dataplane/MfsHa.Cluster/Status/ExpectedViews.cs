using System.Collections.Concurrent;
using MfsHa.Cluster.Replicas;

namespace MfsHa.Cluster.Status;

/// <summary>Who on this node wants to read a group's state as it is at a marked position of its log. Thread-safe.</summary>
public sealed class ExpectedViews
{
    private readonly ConcurrentDictionary<(Guid Point, ushort Group), TaskCompletionSource<GroupView>> wanted = new();

    /// <summary>From now on the mark opens a view; call it before the mark is proposed. Whoever gets the view disposes it.</summary>
    public async Task<GroupView> ExpectAsync(Guid point, ushort group, Func<Task> mark, CancellationToken cancellation)
    {
        var opened = new TaskCompletionSource<GroupView>(TaskCreationOptions.RunContinuationsAsynchronously);
        wanted[(point, group)] = opened;
        try
        {
            await mark().ConfigureAwait(false);
            return await opened.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            wanted.TryRemove((point, group), out _);
            if (!opened.TrySetCanceled(CancellationToken.None) && opened.Task.IsCompletedSuccessfully)
            {
                (await opened.Task.ConfigureAwait(false)).Dispose();
            }

            throw;
        }
    }

    /// <summary>The mark is applied: opens the view if somebody here waits for it.</summary>
    public void Offer(Guid point, ushort group, Func<GroupView> open)
    {
        if (wanted.TryRemove((point, group), out var waiting) && !waiting.Task.IsCompleted)
        {
            var view = open();
            if (!waiting.TrySetResult(view))
            {
                view.Dispose();
            }
        }
    }
}

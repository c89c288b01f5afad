using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Sdk.Watching;

/// <summary>
/// A copy of all objects of a kind: a list, then changes from its version on. When the server has forgotten that version everything is listed again and compared,
/// so that deletions that nobody told of are told, too.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="resource">The kind.</param>
/// <param name="ns">Only of this namespace; null: of all.</param>
/// <param name="labelSelector">Only with these labels; null: any.</param>
/// <param name="clock">For pauses.</param>
/// <param name="logger">Says when the server is away.</param>
public sealed partial class ResourceWatcher<T>(IApiClient client, ApiResource resource, string? ns, string? labelSelector, TimeProvider clock, ILogger logger)
    where T : IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    /// <summary>A watch is made anew so often; the server ends it.</summary>
    private static readonly TimeSpan _watchLimit = TimeSpan.FromMinutes(5);

    /// <summary>A watch that has lasted so long has worked.</summary>
    private static readonly TimeSpan _healthy = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ObjectKey, T> _store = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called for every object that was added, changed or deleted. Must be quick.</summary>
    public event Action<T>? Changed;

    /// <summary>Done when the first list is complete.</summary>
    public Task Synced => _synced.Task;

    /// <summary>All objects.</summary>
    public ICollection<T> All => _store.Values;

    /// <summary>One object; null when there is none.</summary>
    public T? Find(ObjectKey key) => _store.GetValueOrDefault(key);

    /// <summary>Lists and watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        string? version = null;
        TimeSpan pause = _shortestPause;
        int failures = 0;
        while (true)
        {
            long started = clock.GetTimestamp();
            try
            {
                version ??= await ListAsync(cancellation).ConfigureAwait(false);
                await foreach ((WatchEventType type, T entity) in client.WatchAsync<T>(resource, ns, labelSelector, version, _watchLimit, cancellation).ConfigureAwait(false))
                {
                    (pause, failures) = (_shortestPause, 0);
                    version = entity.Metadata.ResourceVersion;
                    Take(type, entity);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                if (clock.GetElapsedTime(started) > _healthy)
                {
                    (pause, failures) = (_shortestPause, 0);
                }

                if (ApiErrors.IsGone(e))
                {
                    version = null;
                }
                else if (++failures > 1)
                {
                    // One is no news: servers end watches now and then, and not always politely.
                    Log.Lost(logger, resource.ToString(), ApiErrors.Explain(e));
                }
            }

            // Between an end and the next attempt, too: a server that ends every watch at once must not be asked in a loop.
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _longestPause.Ticks));
        }
    }

    private static ObjectKey KeyOf(T entity) => new(entity.Metadata.NamespaceProperty ?? "", entity.Metadata.Name);

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        EntityList<T> list = await client.ListAsync<T>(resource, ns, labelSelector, cancellation).ConfigureAwait(false);
        HashSet<ObjectKey> there = [.. list.Items.Select(KeyOf)];
        foreach (T entity in list.Items)
        {
            Take(WatchEventType.Modified, entity);
        }

        foreach (ObjectKey gone in _store.Keys.Where(k => !there.Contains(k)).ToArray())
        {
            if (_store.TryGetValue(gone, out T? entity))
            {
                Take(WatchEventType.Deleted, entity);
            }
        }

        _ = _synced.TrySetResult();
        return list.Version;
    }

    private void Take(WatchEventType type, T entity)
    {
        if (type is WatchEventType.Bookmark or WatchEventType.Error)
        {
            return;
        }

        ObjectKey key = KeyOf(entity);
        if (type == WatchEventType.Deleted)
        {
            _ = _store.TryRemove(key, out _);
        }
        else
        {
            bool isNews = !_store.TryGetValue(key, out T? known) || known.Metadata.ResourceVersion != entity.Metadata.ResourceVersion;
            _store[key] = entity;
            if (!isNews)
            {
                return;
            }
        }

        Changed?.Invoke(entity);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "the watch of {Resource} was lost and is tried again: {Reason}")]
        public static partial void Lost(ILogger logger, string resource, string reason);
    }
}

using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Queueing;
using MfsHa.Operator.Sdk.Reconciliation;
using MfsHa.Operator.Sdk.Watching;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Hosting;

/// <summary>One kind: its watch, its queue, and workers that reconcile. An object that is being deleted is its controller's only while it has the finalizer of that one.</summary>
internal sealed partial class KindRun<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private const int QueueCapacity = 10_000;

    private static readonly ApiResource _resource = ApiResource.Of<T>();

    private readonly IApiClient _api;
    private readonly IEntityController<T> _controller;
    private readonly string? _finalizer;
    private readonly ILogger _logger;
    private readonly ResourceWatcher<T> _watcher;
    private readonly ReconcileLoop _loop;

    public KindRun(IApiClient api, IEntityController<T> controller, string? ns, TimeSpan passLimit, TimeProvider clock, ILogger logger, string? finalizer = null)
    {
        _api = api;
        _controller = controller;
        _finalizer = finalizer;
        _logger = logger;
        var queue = new ReconcileQueue(clock, QueueCapacity);
        _loop = new ReconcileLoop(queue, PassAsync, passLimit, logger);
        _watcher = new ResourceWatcher<T>(api, _resource, ns, labelSelector: null, clock, logger);
        _watcher.Changed += e => queue.Add(new ObjectKey(e.Metadata.NamespaceProperty, e.Metadata.Name), TimeSpan.Zero);
    }

    /// <summary>Watches until it is cancelled.</summary>
    public Task WatchAsync(CancellationToken cancellation) => _watcher.RunAsync(cancellation);

    /// <summary>Works until it is cancelled.</summary>
    public async Task WorkAsync(int workers, CancellationToken cancellation)
    {
        await _watcher.Synced.WaitAsync(cancellation).ConfigureAwait(false);
        await _loop.RunAsync(workers, cancellation).ConfigureAwait(false);
    }

    private async Task<(bool IsSuccess, TimeSpan? Again)> PassAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (await _api.GetAsync<T>(_resource, key, cancellation).ConfigureAwait(false) is not { } entity
            || (entity.Metadata.DeletionTimestamp is not null && (_finalizer is null || entity.Metadata.Finalizers?.Contains(_finalizer) != true)))
        {
            return (true, null);
        }

        ReconciliationResult<T> result = await _controller.ReconcileAsync(entity, cancellation).ConfigureAwait(false);
        if (!result.IsSuccess)
        {
            Log.Refused(_logger, _resource.Kind, key.ToString(), result.Message);
        }

        return (result.IsSuccess, result.RequeueAfter);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Kind} {Key}: not done, and tried again: {Reason}")]
        public static partial void Refused(ILogger logger, string kind, string key, string? reason);
    }
}

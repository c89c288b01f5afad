using k8s;
using k8s.Models;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Controller;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Finalizer;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using MfsHa.Operator.Sdk.Queueing;
using MfsHa.Operator.Sdk.Reconciliation;
using MfsHa.Operator.Sdk.Watching;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Hosting;

/// <summary>One term: watches, the queue, and workers that reconcile.</summary>
public sealed partial class OperatorRun
{
    private const int QueueCapacity = 10_000;

    /// <summary>A node that joins may copy for minutes.</summary>
    private static readonly TimeSpan _passLimit = TimeSpan.FromMinutes(6);

    /// <summary>What belongs to a cluster changes in bursts, as when its pods start: one pass for all of it.</summary>
    private static readonly TimeSpan _burst = TimeSpan.FromMilliseconds(300);

    private static readonly ApiResource _clusters = ApiResource.Of<V1MfsHaCluster>();

    private readonly OperatorOptions _options;
    private readonly IApiClient _api;
    private readonly ILogger _logger;
    private readonly ReconcileQueue _queue;
    private readonly ReconcileLoop _loop;
    private readonly V1MfsHaClusterController _controller;
    private readonly V1MfsHaClusterFinalizer _finalizer;
    private readonly List<Func<CancellationToken, Task>> _watches = [];
    private readonly ResourceWatcher<V1MfsHaCluster> _watcher;

    private OperatorRun(OperatorOptions options, IApiClient api, ApiResource disruptionBudgets, ApiResource cronJobs, TimeProvider clock, ILoggerFactory logs)
    {
        _options = options;
        _api = api;
        var admin = new NodeAdmin(logs.CreateLogger<NodeAdmin>());
        var events = new EventPublisher(api, ClusterNames.Operator, clock, logs.CreateLogger<EventPublisher>());
        var settings = new OperatorSettings(options.NodeImage);
        var observer = new ClusterObserver(api, admin, settings, disruptionBudgets, clock);
        var executor = new ActionExecutor(api, admin, events, logs.CreateLogger<ActionExecutor>());
        _controller = new V1MfsHaClusterController(observer, executor, api, events, clock);
        _finalizer = new V1MfsHaClusterFinalizer(api, disruptionBudgets);
        _logger = logs.CreateLogger<OperatorRun>();
        _queue = new ReconcileQueue(clock, QueueCapacity);
        _loop = new ReconcileLoop(_queue, PassAsync, _passLimit, _logger);
        _watcher = new ResourceWatcher<V1MfsHaCluster>(api, _clusters, options.WatchNamespace, labelSelector: null, clock, _logger);
        _watcher.Changed += c => _queue.Add(new ObjectKey(c.Metadata.NamespaceProperty, c.Metadata.Name), TimeSpan.Zero);
        _watches.Add(_watcher.RunAsync);
        Add(new V1MfsHaBackupController(api, settings, events));
        Add(new V1MfsHaScheduledBackupController(api, settings, cronJobs, clock));
        Add(new V1MfsHaRestoreController(observer, admin, api, events, clock), V1MfsHaRestore.Finalizer);
        var restores = new ResourceWatcher<V1MfsHaRestore>(api, ApiResource.Of<V1MfsHaRestore>(), options.WatchNamespace, labelSelector: null, clock, _logger);
        restores.Changed += r => _queue.Add(new ObjectKey(r.Metadata.NamespaceProperty, r.Spec.Cluster), TimeSpan.Zero);
        _watches.Add(restores.RunAsync);
        Add(new V1MfsHaOperationController(observer, executor, admin, api, events, clock));
        ApiResource[] owned =
        [
            ApiResource.Of<V1Pod>(), ApiResource.Of<V1PersistentVolumeClaim>(), ApiResource.Of<V1StatefulSet>(), ApiResource.Of<V1Service>(),
            ApiResource.Of<V1ConfigMap>(), ApiResource.Of<V1Secret>(), disruptionBudgets,
        ];
        foreach (ApiResource resource in owned)
        {
            var watcher = new ResourceWatcher<WatchedObject>(api, resource, options.WatchNamespace, ClusterNames.ClusterLabel, clock, _logger);
            watcher.Changed += WakeOwner;
            _watches.Add(watcher.RunAsync);
        }

        void Add<T>(IEntityController<T> controller, string? finalizer = null)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            var run = new KindRun<T>(api, controller, options.WatchNamespace, _passLimit, clock, _logger, finalizer);
            _watches.Add(run.WatchAsync);
            _watches.Add(token => run.WorkAsync(options.Workers, token));
        }
    }

    /// <summary>Works until it is cancelled.</summary>
    public static async Task RunAsync(OperatorOptions options, IApiClient api, TimeProvider clock, ILoggerFactory logs, CancellationToken cancellation)
    {
        ApiResource budgets = await Discovery.FindAsync(
            api, [ApiResource.Of<V1PodDisruptionBudget>(), ApiResource.Of<V1PodDisruptionBudget>() with { Version = "v1beta1" }], cancellation).ConfigureAwait(false);
        ApiResource cronJobs = await Discovery.FindAsync(
            api, [ApiResource.Of<V1CronJob>(), ApiResource.Of<V1CronJob>() with { Version = "v1beta1" }], cancellation).ConfigureAwait(false);
        await new OperatorRun(options, api, budgets, cronJobs, clock, logs).RunAsync(cancellation).ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] tasks = [.. _watches.Select(w => w(term.Token)), WorkAsync(term.Token)];
        Task first = await Task.WhenAny(tasks).ConfigureAwait(false);
        await term.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (first.IsCanceled || cancellation.IsCancellationRequested)
        {
            // The end of the term.
        }
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await _watcher.Synced.WaitAsync(cancellation).ConfigureAwait(false);
        await _loop.RunAsync(_options.Workers, cancellation).ConfigureAwait(false);
    }

    private void WakeOwner(WatchedObject changed)
    {
        if (changed.Metadata.Labels?.TryGetValue(ClusterNames.ClusterLabel, out string? cluster) == true)
        {
            _ = _queue.Add(new ObjectKey(changed.Metadata.NamespaceProperty, cluster), _burst);
        }
    }

    private async Task<(bool IsSuccess, TimeSpan? Again)> PassAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (await _api.GetAsync<V1MfsHaCluster>(_clusters, key, cancellation).ConfigureAwait(false) is not { } cluster)
        {
            ClusterMetrics.Forget(key.Namespace, key.Name);
            return (true, null);
        }

        IList<string> finalizers = cluster.Metadata.Finalizers ?? [];
        if (cluster.Metadata.DeletionTimestamp is not null)
        {
            if (!finalizers.Contains(_finalizer.Identifier))
            {
                return (true, null);
            }

            if (!await _finalizer.FinalizeAsync(cluster, cancellation).ConfigureAwait(false))
            {
                return (true, TimeSpan.FromSeconds(2));
            }

            await SetFinalizersAsync(key, cluster, [.. finalizers.Where(f => f != _finalizer.Identifier)], cancellation).ConfigureAwait(false);
            return (true, null);
        }

        if (!finalizers.Contains(_finalizer.Identifier))
        {
            // The change brings the next pass.
            await SetFinalizersAsync(key, cluster, [.. finalizers, _finalizer.Identifier], cancellation).ConfigureAwait(false);
            return (true, null);
        }

        ReconciliationResult<V1MfsHaCluster> result = await _controller.ReconcileAsync(cluster, cancellation).ConfigureAwait(false);
        if (!result.IsSuccess)
        {
            Log.Refused(_logger, key.ToString(), result.Message);
        }

        return (result.IsSuccess, result.RequeueAfter);
    }

    private Task SetFinalizersAsync(ObjectKey key, V1MfsHaCluster cluster, string[] finalizers, CancellationToken cancellation) =>
        _api.MergePatchAsync(_clusters, key, new { metadata = new { finalizers, resourceVersion = cluster.Metadata.ResourceVersion } }, cancellation);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key}: not done, and tried again: {Reason}")]
        public static partial void Refused(ILogger logger, string key, string? reason);
    }
}

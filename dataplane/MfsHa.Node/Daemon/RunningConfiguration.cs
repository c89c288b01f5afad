using MfsHa.Node.Configuration;

namespace MfsHa.Node.Daemon;

/// <summary>The configuration in force, and reading it again, for whoever is asked for it while the node runs. Thread-safe.</summary>
public sealed class RunningConfiguration(LoadedConfiguration first)
{
    private volatile LoadedConfiguration _current = first;
    private volatile IReadOnlyDictionary<string, string> _clusterOptions = new Dictionary<string, string>();
    private volatile Func<CancellationToken, Task<ReloadOutcome>>? _reload;

    /// <summary>The configuration in force.</summary>
    public LoadedConfiguration Current
    {
        get => _current;
        internal set => _current = value;
    }

    /// <summary>What was set for all nodes; counts from the next reading on.</summary>
    public IReadOnlyDictionary<string, string> ClusterOptions
    {
        get => _clusterOptions;
        set => _clusterOptions = value;
    }

    /// <summary>From now on it can be read again.</summary>
    internal void Offer(Func<CancellationToken, Task<ReloadOutcome>> reload) => _reload = reload;

    /// <summary>Reads configuration and exports again, as SIGHUP does; null while the node has not started yet.</summary>
    public async Task<ReloadOutcome?> ReloadAsync(CancellationToken cancellation) =>
        _reload is { } reload ? await reload(cancellation).ConfigureAwait(false) : null;
}

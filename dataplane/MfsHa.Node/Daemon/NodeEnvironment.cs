using MfsHa.Node.Configuration;
using MfsHa.Node.Exports;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Daemon;

/// <summary>What a node is made of that exists before it.</summary>
/// <param name="Configuration">Checked and complete.</param>
/// <param name="Exports">Loaded; reloaded before <see cref="INodeHost.ReloadAsync"/> is called.</param>
/// <param name="Logs">Makes loggers.</param>
/// <param name="Time">The clock.</param>
public sealed record NodeEnvironment(LoadedConfiguration Configuration, ExportsFile Exports, ILoggerFactory Logs, TimeProvider Time)
{
    /// <summary>The configuration as it changes.</summary>
    public RunningConfiguration Running { get; } = new(Configuration);
}

using MfsHa.Node.Configuration;

namespace MfsHa.Node.Daemon;

/// <summary>Everything that runs in a node, as the process sees it: from opening the data to closing it.</summary>
public interface INodeHost : IAsyncDisposable
{
    /// <summary>
    /// Opens data and ports. Returns when the ports listen; the cluster may still be without a quorum. An exception means that the
    /// node cannot start.
    /// </summary>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>
    /// Never ends while the node is well. A fault says why it cannot go on (its disk fails, its state differs from the others'); the process
    /// then stops with exit code 1.
    /// </summary>
    Task Failure { get; }

    /// <summary>Takes over what may change while the node runs; keys that need a restart have their old values.</summary>
    Task ReloadAsync(NodeConfiguration configuration, CancellationToken cancellation);

    /// <summary>Writes the node's state for a person (<c>mfsha info</c>).</summary>
    Task DescribeAsync(TextWriter writer, CancellationToken cancellation);

    /// <summary>Gives leadership away, closes the ports and makes the state durable.</summary>
    Task StopAsync(CancellationToken cancellation);
}

/// <summary>Makes the host of a node; opens nothing yet.</summary>
public delegate INodeHost CreateNodeHost(NodeEnvironment environment);

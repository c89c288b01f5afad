namespace MfsHa.Testbed;

/// <summary>What clients and chunkservers take for an mfsmaster: a real one, or a cluster of mfsha nodes.</summary>
public interface IMetadataService : IAsyncDisposable
{
    /// <summary>For names of tests and tables.</summary>
    string Name { get; }

    /// <summary>The hosts that serve the MooseFS ports (9419, 9420, 9421); all are equal.</summary>
    IReadOnlyList<Host> Endpoints { get; }

    /// <summary>Starts all its processes and returns when clients are served.</summary>
    Task StartAsync(CancellationToken cancellation = default);

    /// <summary>The endpoint for the n-th client or chunkserver: one after the other.</summary>
    Host EndpointFor(int number) => Endpoints[number % Endpoints.Count];
}

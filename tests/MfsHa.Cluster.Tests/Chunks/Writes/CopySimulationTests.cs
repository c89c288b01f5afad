using System.Globalization;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Status;
using MfsHa.Storage.State;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>No fault at any step of a write makes a copy look good that lacks what was acknowledged, or leaves a file that cannot be written or read any more.</summary>
public sealed class CopySimulationTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("mfsha-copies-").FullName;
    private readonly StateStore states;
    private readonly GroupStore store;
    private readonly ConsistencyPoints points = new(NullLogger<ConsistencyPoints>.Instance);

    public CopySimulationTests()
    {
        states = StateStore.Open(directory, new StateStoreOptions());
        store = new GroupStore(states, 1);
    }

    /// <summary>MFSHA_COPY_SEEDS, such as 1-100000, for nights.</summary>
    [Fact]
    public void What_was_written_is_in_every_copy_that_looks_good()
    {
        var (first, last) = Environment.GetEnvironmentVariable("MFSHA_COPY_SEEDS") is { } range
            ? (int.Parse(range.Split('-')[0], CultureInfo.InvariantCulture), int.Parse(range.Split('-')[^1], CultureInfo.InvariantCulture))
            : (1, 500);
        for (var seed = first; seed <= last; seed++)
        {
            var simulation = new CopySimulation(seed, store, points);
            try
            {
                simulation.Run(operations: seed % 4 == 0 ? 40 : 12);
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}{Environment.NewLine}{string.Join(Environment.NewLine, simulation.History)}", e);
            }
        }
    }

    public void Dispose()
    {
        store.Dispose();
        states.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}

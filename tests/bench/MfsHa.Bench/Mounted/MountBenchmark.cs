using System.Diagnostics;
using System.Runtime.CompilerServices;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Resources;
using MfsHa.Bench.Subjects;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Mounted;

/// <summary>Operations a second through unmodified mfsmounts, which trust no cache: every call asks the service.</summary>
internal sealed class MountBenchmark(Subject subject, BenchOptions options) : IBenchmark
{
    /// <summary>One at every node, so that the leader's place in the cluster decides nothing; as many for a single mfsmaster.</summary>
    private const int Mounts = 3;

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<Mount> mounts = [];
        for (var number = 0; number < Mounts; number++)
        {
            var mount = await Mount.CreateAsync(
                subject.Environment, subject.Release, subject.Service.EndpointFor(number), $"mount{number}", CachePolicy.None, cancellation: cancellation);
            mounts.Add(mount);
            await mount.StartAsync(cancellation);
        }
        await WarmUpAsync(mounts, cancellation);
        foreach (var processes in options.Processes)
        {
            // A single process works on one mount after the other.
            var turns = processes == 1 ? Mounts : 1;
            var workers = await Task.WhenAll(Enumerable.Range(0, processes * turns).Select(number =>
                WorkerProcess.StartAsync($"{mounts[number % Mounts].Path}/p{processes}-{number}", cancellation)));
            try
            {
                foreach (var step in options.Steps)
                {
                    yield return await MeasureAsync(workers, step, turns, cancellation);
                }
            }
            finally
            {
                foreach (var worker in workers)
                {
                    worker.Dispose();
                }
            }
        }
        foreach (var mount in mounts)
        {
            await mount.StopAsync();
        }
    }

    private async Task WarmUpAsync(List<Mount> mounts, CancellationToken cancellation)
    {
        var workers = await Task.WhenAll(Enumerable.Range(0, options.Processes.Max()).Select(number => WorkerProcess.StartAsync($"{mounts[number % Mounts].Path}/warm{number}", cancellation)));
        foreach (var step in options.Steps)
        {
            await Task.WhenAll(workers.Select(worker => worker.RunAsync(step, options.WarmUp, cancellation)));
        }
        foreach (var worker in workers)
        {
            worker.Dispose();
        }
    }

    private async Task<Measurement> MeasureAsync(WorkerProcess[] workers, string step, int turns, CancellationToken cancellation)
    {
        var meter = new ProcessorMeter(subject);
        var clock = Stopwatch.StartNew();
        long count = 0;
        foreach (var group in workers.Chunk(workers.Length / turns))
        {
            var counts = await Task.WhenAll(group.Select(worker => worker.RunAsync(step, options.Duration / turns, cancellation)));
            count += counts.Sum();
        }
        var processes = workers.Length / turns;
        return Measurement.Rate($"mfsmount: {step}, {(processes == 1 ? "1 process" : $"{processes} processes")}", count, clock.Elapsed, meter.Used);
    }
}

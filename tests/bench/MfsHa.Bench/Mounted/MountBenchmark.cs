using System.Diagnostics;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Subjects;
using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;

namespace MfsHa.Bench.Mounted;

/// <summary>Operations a second through unmodified mfsmounts, which trust no cache: every call asks the service.</summary>
internal sealed class MountBenchmark(Subject subject, TimeSpan duration)
{
    private const int Mounts = 2;

    private static readonly int[] Threads = [1, 16];

    public async Task RunAsync(Results results, CancellationToken cancellation)
    {
        List<Mount> mounts = [];
        for (var number = 0; number < Mounts; number++)
        {
            var mount = await Mount.CreateAsync(
                subject.Environment, subject.Release, subject.Service.EndpointFor(number), $"mount{number}", CachePolicy.None, cancellation: cancellation);
            mounts.Add(mount);
            await mount.StartAsync(cancellation);
        }
        foreach (var threads in Threads)
        {
            var workers = Enumerable.Range(0, threads).Select(number => new MountWorker($"{mounts[number % Mounts].Path}/t{threads}-{number}")).ToArray();
            await MeasureAsync("create", static worker => worker.Create);
            await MeasureAsync("stat", static worker => worker.Stat);
            await MeasureAsync("rename", static worker => worker.Rename);
            await MeasureAsync("mkdir", static worker => worker.MakeDirectory);
            await MeasureAsync("unlink", static worker => worker.Unlink);

            async Task MeasureAsync(string operation, Func<MountWorker, Func<bool>> step)
            {
                var clock = Stopwatch.StartNew();
                var counts = await Task.WhenAll(workers.Select(worker => OnThreadAsync(step(worker), duration, cancellation)));
                var label = threads == 1 ? "1 thread" : $"{threads} threads";
                results.Add($"mfsmount: {operation}, {label}", Unit.OperationsPerSecond, counts.Sum() / clock.Elapsed.TotalSeconds);
            }
        }
        foreach (var mount in mounts)
        {
            await mount.StopAsync();
        }
    }

    private static Task<long> OnThreadAsync(Func<bool> step, TimeSpan duration, CancellationToken cancellation)
        => Task.Factory.StartNew(() =>
        {
            var clock = Stopwatch.StartNew();
            long count = 0;
            while (clock.Elapsed < duration && !cancellation.IsCancellationRequested && step())
            {
                count++;
            }
            return count;
        }, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

using System.Globalization;
using MfsHa.Bench.Failover;
using MfsHa.Bench.Mounted;
using MfsHa.Bench.Raw;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Resources;
using MfsHa.Bench.Subjects;
using MfsHa.Testbed;

namespace MfsHa.Bench;

/// <summary>All measurements on one subject after the other, each in an environment of its own.</summary>
internal sealed class BenchRun(BenchOptions options, Action<string> progress)
{
    public async Task<Report> RunAsync(CancellationToken cancellation)
    {
        var before = LoadAverage();
        List<Results> results = [];
        if (options.Only is null or "mfsmaster")
        {
            results.Add(await MeasureAsync(async environment => await MfsMasterSubject.CreateAsync(environment, options.Release, cancellation), cancellation));
        }
        if (options.Only is null or "mfsha")
        {
            results.Add(await MeasureAsync(async environment => await MfsHaSubject.CreateAsync(environment, options.Release, cancellation), cancellation));
        }
        return new Report(results, string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors shared by services and clients, load average {before} before and {LoadAverage()} after, MooseFS {options.Release}, {options.Duration.TotalSeconds} s a load."));
    }

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private async Task<Results> MeasureAsync(Func<TestEnvironment, Task<Subject>> create, CancellationToken cancellation)
    {
        await using var environment = await TestEnvironment.CreateAsync(cancellation);
        var subject = await create(environment);
        var results = new Results(subject.Service.Name) { Added = measurement => progress($"{subject.Service.Name}: {measurement}") };
        subject.Start();
        await subject.WaitServesAsync(cancellation);
        await new SizeBenchmark(subject, options.Files, options.Duration * 5).RunAsync(results, cancellation);
        await new RawBenchmark(subject, options.Duration).RunAsync(results, cancellation);
        await new MountBenchmark(subject, options.Duration).RunAsync(results, cancellation);
        if (subject is MfsHaSubject cluster)
        {
            await new FailoverBenchmark(cluster, options.Rounds).RunAsync(results, cancellation);
        }
        return results;
    }
}

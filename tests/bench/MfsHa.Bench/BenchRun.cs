using System.Globalization;
using MfsHa.Bench.Failover;
using MfsHa.Bench.Mounted;
using MfsHa.Bench.Raw;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Resources;
using MfsHa.Bench.Subjects;
using MfsHa.Testbed;

namespace MfsHa.Bench;

/// <summary>
/// All measurements on all subjects. The subjects take turns measurement by measurement: a machine whose speed drifts is no advantage for one of them.
/// While one is loaded the others are at rest.
/// </summary>
internal sealed class BenchRun(BenchOptions options, Action<string> progress) : IAsyncDisposable
{
    private static readonly TimeSpan QuietStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(10);

    /// <summary>Processor time in a step below which a subject that finishes its last load in the background counts as done with it.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(50);

    private readonly List<TestEnvironment> environments = [];
    private readonly List<Subject> subjects = [];

    public async Task<Report> RunAsync(CancellationToken cancellation)
    {
        var before = LoadAverage();
        if (options.Only is null or "mfsmaster")
        {
            subjects.Add(await MfsMasterSubject.CreateAsync(await EnvironmentAsync(cancellation), options.Release, cancellation));
        }
        if (options.Only is not "mfsmaster")
        {
            subjects.Add(await MfsHaSubject.CreateAsync(await EnvironmentAsync(cancellation), options.Release, options.Shards, secure: false, cancellation));
        }
        if (options.Only is "tls")
        {
            subjects.Add(await MfsHaSubject.CreateAsync(await EnvironmentAsync(cancellation), options.Release, options.Shards, secure: true, cancellation));
        }
        foreach (var subject in subjects)
        {
            subject.Start();
            await subject.WaitServesAsync(cancellation);
        }
        var results = subjects.ToDictionary(static subject => subject, static subject => new Results(subject.Name));
        await MeasureAsync("size", static (subject, o) => o.Only is "tls" ? null : new SizeBenchmark(subject, o.Files, o.Duration * 2), results, cancellation);
        await MeasureAsync("packets", static (subject, o) => new RawBenchmark(subject, o.Duration, o.WarmUp), results, cancellation);
        await MeasureAsync("mounts", static (subject, o) => new MountBenchmark(subject, o), results, cancellation);
        await MeasureAsync("failover", static (subject, o) => o.Only is not "tls" && subject is MfsHaSubject cluster ? new FailoverBenchmark(cluster, o.Rounds) : null, results, cancellation);
        return new Report([.. results.Values], string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors shared by services and clients, load average {before} before and {LoadAverage()} after, MooseFS {options.Release}, mfsha with {options.Shards} shards, {options.Duration.TotalSeconds} s a load after {options.WarmUp.TotalSeconds} s of the same, {options.Rounds} kills."));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var environment in environments)
        {
            await environment.DisposeAsync();
        }
    }

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private async Task<TestEnvironment> EnvironmentAsync(CancellationToken cancellation)
    {
        var environment = await TestEnvironment.CreateAsync(cancellation);
        environments.Add(environment);
        return environment;
    }

    private async Task MeasureAsync(
        string part, Func<Subject, BenchOptions, IBenchmark?> create, Dictionary<Subject, Results> results, CancellationToken cancellation)
    {
        if (options.Part is { } wanted && wanted != part)
        {
            return;
        }
        List<(Subject Subject, IAsyncEnumerator<Measurement> Measurements)> running = [];
        foreach (var subject in subjects)
        {
            if (create(subject, options) is { } benchmark)
            {
                running.Add((subject, benchmark.RunAsync(cancellation).GetAsyncEnumerator(cancellation)));
            }
        }
        try
        {
            while (running.Count > 0)
            {
                foreach (var (subject, measurements) in running.ToArray())
                {
                    await WaitQuietAsync(cancellation);
                    if (await measurements.MoveNextAsync())
                    {
                        results[subject].Add(measurements.Current);
                        progress($"{subject.Name}: {measurements.Current}");
                    }
                    else
                    {
                        running.Remove((subject, measurements));
                        await measurements.DisposeAsync();
                    }
                }
            }
        }
        finally
        {
            foreach (var (_, measurements) in running)
            {
                await measurements.DisposeAsync();
            }
        }
    }

    // What a subject still writes or tidies up after a load must not slow the other one's.
    private async Task WaitQuietAsync(CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < QuietLimit; waited += QuietStep)
        {
            var meters = subjects.Where(static s => s.Processes.All(static p => !p.HasExited)).Select(static s => new ProcessorMeter(s)).ToArray();
            await Task.Delay(QuietStep, cancellation);
            if (meters.Aggregate(TimeSpan.Zero, static (sum, meter) => sum + meter.Used) < QuietTime)
            {
                return;
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using MfsHa.Bench.Raw;
using MfsHa.Bench.Raw.Loads;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Subjects;

namespace MfsHa.Bench.Resources;

/// <summary>What a namespace of many files costs: memory, the time to come back after a stop, and rest.</summary>
internal sealed class SizeBenchmark(Subject subject, int files, TimeSpan idleTime) : IBenchmark
{
    private const int FilesPerDirectory = 1000;
    private const int Connections = 3;
    private const int InFlight = 85;

    /// <summary>Time for what a service does once after its start, before rest is measured: compiling, mostly.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var count = files.ToString("N0", CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        var meter = new ProcessorMeter(subject);
        await PopulateAsync(cancellation);
        yield return Measurement.Rate($"making {count} files", files, clock.Elapsed, meter.Used);
        yield return new Measurement($"memory of a node with {count} files", Unit.Mebibytes, MostMemory());

        clock.Restart();
        await subject.StopAsync();
        yield return new Measurement($"orderly stop with {count} files", Unit.Seconds, clock.Elapsed.TotalSeconds);
        clock.Restart();
        subject.Start();
        await subject.WaitServesAsync(cancellation);
        yield return new Measurement($"start of all nodes with {count} files, until clients are served", Unit.Seconds, clock.Elapsed.TotalSeconds);
        yield return new Measurement($"memory of a node after the start with {count} files", Unit.Mebibytes, MostMemory());

        yield return new Measurement($"restart of a node with {count} files, until it serves clients", Unit.Seconds, (await subject.RestartOneAsync(cancellation)).TotalSeconds);
        yield return new Measurement("processor of a node after its start", Unit.PercentOfProcessor, await IdlePercentAsync(cancellation));
        await Task.Delay(SettleTime, cancellation);
        yield return new Measurement("processor of a node at rest", Unit.PercentOfProcessor, await IdlePercentAsync(cancellation));
    }

    private double MostMemory() => subject.Processes.Max(static process => ProcessUsage.ResidentMebibytes(process.Id));

    private async Task<double> IdlePercentAsync(CancellationToken cancellation)
    {
        var before = subject.Processes.Select(static process => ProcessUsage.ProcessorTime(process.Id)).ToArray();
        var clock = Stopwatch.StartNew();
        await Task.Delay(idleTime, cancellation);
        var after = subject.Processes.Select(static process => ProcessUsage.ProcessorTime(process.Id));
        return after.Zip(before, (end, start) => (end - start) / clock.Elapsed).Average() * 100;
    }

    private async Task PopulateAsync(CancellationToken cancellation)
    {
        List<uint> directories = [];
        List<RawConnection> connections = [];
        try
        {
            for (var number = 0; number < Connections; number++)
            {
                connections.Add(await subject.ConnectAsync(number, cancellation));
            }
            var home = await RawBenchmark.MakeDirectoryAsync(connections[0], 1, "many", cancellation);
            for (var number = 0; number < Math.Max(1, files / FilesPerDirectory); number++)
            {
                directories.Add(await RawBenchmark.MakeDirectoryAsync(connections[0], home, $"d{number}", cancellation));
            }
            await Task.WhenAll(connections.Select((connection, number) =>
            {
                var share = (files / Connections) + (number < files % Connections ? 1 : 0);
                return connection.RunAsync(new PopulateLoad(directories, $"f{number}", share), InFlight, Timeout.InfiniteTimeSpan, cancellation);
            }));
        }
        finally
        {
            connections.ForEach(static connection => connection.Dispose());
        }
    }
}

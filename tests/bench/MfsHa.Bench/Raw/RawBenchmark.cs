using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using MfsHa.Bench.Raw.Loads;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Resources;
using MfsHa.Bench.Subjects;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Bench.Raw;

/// <summary>Operations a second by raw packets, with few and with many requests in flight.</summary>
internal sealed class RawBenchmark(Subject subject, TimeSpan duration, TimeSpan warmUp) : IBenchmark
{
    private const int Directories = 16;

    /// <summary>One at every node, so that the leader's place in the cluster decides nothing.</summary>
    private const int MostConnections = 3;
    private const uint RootInode = 1;

    private static readonly int[] InFlight = [1, 64, 256];

    private readonly List<uint> directories = [];
    private readonly List<KnownFile> files = [];
    private int runs;

    private delegate RawLoad LoadFactory(RawConnection connection, int number, int slots);

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        await foreach (var ignored in MeasureAllAsync(InFlight.Max(), warmUp, cancellation))
        {
            // Only to warm up.
        }
        foreach (var inFlight in InFlight)
        {
            await foreach (var measurement in MeasureAllAsync(inFlight, duration, cancellation))
            {
                yield return measurement;
            }
        }
    }

    private async IAsyncEnumerable<Measurement> MeasureAllAsync(int inFlight, TimeSpan time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<CreateLoad> creations = [];
        yield return await MeasureAsync("create", inFlight, time, (connection, _, _) => Remember(creations, new CreateLoad(directories, NextPrefix(), connection.Version)), cancellation);
        files.AddRange(creations.SelectMany(static load => load.Made));
        yield return await MeasureAsync("getattr", inFlight, time, (_, number, _) => new GetAttributesLoad(files, number), cancellation);
        yield return await MeasureAsync("lookup", inFlight, time, (_, number, _) => new LookupLoad(files, number), cancellation);
        yield return await MeasureAsync("mkdir", inFlight, time, (_, _, _) => new MakeDirectoryLoad(directories, NextPrefix()), cancellation);
        // Renamed files are not where they were: they are taken away from the known ones.
        yield return await MeasureAsync("rename", inFlight, time, (connection, _, slots) => new RenameLoad(directories, TakeFiles(slots), NextPrefix(), connection.Version), cancellation);
    }

    private static T Remember<T>(List<T> list, T item)
    {
        list.Add(item);
        return item;
    }

    private string NextPrefix() => $"r{runs++}";

    private List<KnownFile> TakeFiles(int count)
    {
        if (files.Count <= count)
        {
            throw new RefusedException($"only {files.Count} files are known, {count} are needed");
        }
        var taken = files.GetRange(files.Count - count, count);
        files.RemoveRange(files.Count - count, count);
        return taken;
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        using var connection = await subject.ConnectAsync(0, cancellation);
        var home = await MakeDirectoryAsync(connection, RootInode, "packets", cancellation);
        for (var number = 0; number < Directories; number++)
        {
            directories.Add(await MakeDirectoryAsync(connection, home, $"d{number}", cancellation));
        }
    }

    /// <summary>Makes a directory and returns its inode.</summary>
    public static async Task<uint> MakeDirectoryAsync(RawConnection connection, uint parent, string name, CancellationToken cancellation)
    {
        var request = new MakeDirectoryRequest(parent, Encoding.ASCII.GetBytes(name), 0x1ED, 0, RawConnection.Root, CopySetGid: false);
        var reply = await connection.CallAsync<MakeDirectoryRequest, MakeDirectoryReply>(request, cancellation);
        return reply.Inode;
    }

    // One request in flight needs one connection; so that no node's part in the cluster decides, every node gets its turn.
    private async Task<Measurement> MeasureAsync(string operation, int inFlight, TimeSpan time, LoadFactory factory, CancellationToken cancellation)
    {
        var turns = inFlight == 1 ? subject.Service.Endpoints.Count : 1;
        long answered = 0;
        var elapsed = TimeSpan.Zero;
        var meter = new ProcessorMeter(subject);
        for (var turn = 0; turn < turns; turn++)
        {
            var connections = await ConnectAllAsync(Math.Min(inFlight, MostConnections), turn, cancellation);
            try
            {
                var running = connections.Select((connection, number) =>
                {
                    var slots = (inFlight / connections.Count) + (number < inFlight % connections.Count ? 1 : 0);
                    return (Connection: connection, Load: factory(connection, number, slots), Slots: slots);
                }).ToArray();
                var clock = Stopwatch.StartNew();
                var counts = await Task.WhenAll(running.Select(r => r.Connection.RunAsync(r.Load, r.Slots, time / turns, cancellation)));
                elapsed += clock.Elapsed;
                answered += counts.Sum();
            }
            finally
            {
                connections.ForEach(static connection => connection.Dispose());
            }
        }
        return Measurement.Rate($"packets: {operation}, {inFlight} in flight", answered, elapsed, meter.Used);
    }

    private async Task<List<RawConnection>> ConnectAllAsync(int count, int first, CancellationToken cancellation)
    {
        List<RawConnection> connections = [];
        for (var number = 0; number < count; number++)
        {
            connections.Add(await subject.ConnectAsync(first + number, cancellation));
        }
        return connections;
    }
}

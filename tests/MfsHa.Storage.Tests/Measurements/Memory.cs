using System.Buffers.Binary;
using System.Diagnostics;
using MfsHa.Storage.RaftLog;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Storage.Tests.Measurements;

/// <summary>Figures, not checks: run with <c>-explicit only</c> in a release build.</summary>
public sealed class Memory(ITestOutputHelper output)
{
    private const int Files = 1_000_000;
    private const int RecordsPerFile = 3;

    [Fact(Explicit = true)]
    public async Task Of_a_node_with_a_million_files()
    {
        using var directory = new TemporaryDirectory();
        using var log = RaftLogStore.Open(directory.Sub("log"), new RaftLogStoreOptions(), TimeProvider.System);
        using var store = StateStore.Open(directory.Sub("state"), new StateStoreOptions());
        Report(store, "empty");
        var begun = Stopwatch.GetTimestamp();
        using var batch = new StateBatch();
        var key = new byte[16];
        var random = new Random(1);
        for (var file = 0; file < Files; file++)
        {
            for (var record = 0; record < RecordsPerFile; record++)
            {
                key[0] = (byte)record;
                BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), file);
                BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(5), file * 7);
                var value = batch.Put(key, 100);
                value.Clear();
                random.NextBytes(value[..40]); // inodes and names compress, but not to nothing
            }

            if (batch.Count >= 30)
            {
                store.Write(batch);
                batch.Clear();
                if (file % 100 == 0)
                {
                    await log.Append(1, [new RaftLogEntry((file / 100) + 1, 0, RaftEntryKind.Commands, new byte[4000])]);
                }
            }
        }

        store.Write(batch);
        Report(store, $"written in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / (Files * RecordsPerFile):F2} us per record");
        begun = Stopwatch.GetTimestamp();
        store.Flush();
        Report(store, $"flushed in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
        begun = Stopwatch.GetTimestamp();
        const int reads = 500_000;
        for (var i = 0; i < reads; i++)
        {
            var file = random.Next(Files);
            key[0] = (byte)random.Next(RecordsPerFile);
            BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), file);
            BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(5), file * 7);
            Assert.True(store.TryRead(key, 0, static (value, _) => value.Length, out _));
        }

        Report(store, $"{reads} random reads, {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / reads:F2} us each");
        begun = Stopwatch.GetTimestamp();
        var walked = 0;
        using (var cursor = store.Iterate([], [0xFF], fillCache: false))
        {
            while (cursor.MoveNext())
            {
                walked += cursor.Key.Length > 0 ? 1 : 0;
            }
        }

        Report(store, $"walked {walked} records, {Stopwatch.GetElapsedTime(begun).TotalMicroseconds / walked:F2} us each");
    }

    [Fact(Explicit = true)]
    public async Task And_disk_of_a_log_that_is_cut_as_it_grows()
    {
        using var directory = new TemporaryDirectory();
        using var log = RaftLogStore.Open(directory.Sub("log"), new RaftLogStoreOptions(), TimeProvider.System);
        const int entries = 400_000;
        const int kept = 20_000;
        var begun = Stopwatch.GetTimestamp();
        var most = 0L;
        for (var i = 0; i < entries; i += 100)
        {
            await log.Append(1, [.. Enumerable.Range(i + 1, 100).Select(n => new RaftLogEntry(n, 0, RaftEntryKind.Commands, new byte[4000]))]);
            if (i % 5000 == 0 && i > kept + 5000)
            {
                await log.TruncateHead(1, i - kept - 4999, new RaftLogMark(i - kept, 0, 0));
                most = Math.Max(most, Directory.EnumerateFiles(log.Path).Sum(f => new FileInfo(f).Length));
            }
        }

        output.WriteLine(
            $"{entries} entries of 4000 bytes in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, {kept} kept (80 MB): at most {most >> 20} MiB on disk, RSS {Environment.WorkingSet >> 20} MiB");
    }

    private void Report(StateStore store, string what)
    {
        var usage = store.Usage();
        output.WriteLine(
            $"{what}: RSS {Environment.WorkingSet >> 20} MiB, managed {GC.GetTotalMemory(false) >> 20} MiB, cache {usage.BlockCache >> 20}, buffers {usage.WriteBuffers >> 20}, "
            + $"readers {usage.TableReaders >> 20}, files {usage.Files >> 20} MiB, {usage.EstimatedKeys} keys");
    }
}

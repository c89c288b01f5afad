using System.Collections.Concurrent;
using MfsHa.Cluster.Replicas;
using MfsHa.Storage;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Status;

/// <summary>
/// Checksums of replicas at marked positions of their logs (design.md 13.9). A mark opens a snapshot while it is applied; the checksum is computed beside.
/// </summary>
public sealed partial class ConsistencyPoints(ILogger<ConsistencyPoints> logger) : IAsyncDisposable
{
    private const int MaxKept = 256;
    private readonly ConcurrentDictionary<(Guid Point, ushort Group), Task<GroupChecksum>> results = new();
    private readonly ConcurrentQueue<(Guid Point, ushort Group)> order = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim one = new(1);

    /// <summary>Who wants to read the state at a mark.</summary>
    public ExpectedViews Views { get; } = new();

    /// <summary>Begins the checksum of a group; the snapshot stands at the entry of the mark.</summary>
    public void Mark(Guid point, ushort group, Func<GroupSnapshot> open)
    {
        if (!order.IsEmpty && results.Count >= MaxKept && order.TryDequeue(out var oldest))
        {
            results.TryRemove(oldest, out _);
        }

        var snapshot = open();
        order.Enqueue((point, group));
        results[(point, group)] = ComputeAsync(group, snapshot, stopping.Token);
    }

    /// <summary>The checksum of a mark; null when this node has not applied the mark yet, or has forgotten it.</summary>
    public Task<GroupChecksum>? Find(Guid point, ushort group) => results.GetValueOrDefault((point, group));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        Task all = Task.WhenAll(results.Values);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        one.Dispose();
    }

    private async Task<GroupChecksum> ComputeAsync(ushort group, GroupSnapshot snapshot, CancellationToken cancellation)
    {
        using (snapshot)
        {
            await one.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                var checksum = await OwnThread.RunAsync(() => snapshot.Checksum(cancellation), cancellation).ConfigureAwait(false);
                Log.Computed(logger, group, snapshot.Index, checksum);
                return new GroupChecksum(snapshot.Index, checksum);
            }
            finally
            {
                one.Release();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "group {Group}: checksum at index {Index} is {Checksum:X16}")]
        public static partial void Computed(ILogger logger, ushort group, long index, ulong checksum);
    }
}

/// <summary>Checksum of a replica's state.</summary>
/// <param name="Index">Index of the log at which it stands.</param>
/// <param name="Checksum">Hash over all records.</param>
[MemoryPack.MemoryPackable]
public readonly partial record struct GroupChecksum(long Index, ulong Checksum);

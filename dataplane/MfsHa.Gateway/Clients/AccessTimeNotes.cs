using System.Collections.Concurrent;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Clients;

/// <summary>
/// Access times of directories and symbolic links that were read here (client-protocol 7.3): gathered for a second and told to their shards in one
/// command each, so that reading costs no log entry. What a crash loses of them nobody has been promised.
/// </summary>
internal sealed partial class AccessTimeNotes : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Most objects of one period; more are read without leaving a trace.</summary>
    private const int MaxNotes = UpdateTimes.MaxUpdates;

    private readonly ClusterCalls cluster;
    private readonly IShardMap shards;
    private readonly TimeProvider clock;
    private readonly ILogger<AccessTimeNotes> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private ConcurrentDictionary<uint, uint> notes = new();

    public AccessTimeNotes(ClusterCalls cluster, IShardMap shards, TimeProvider clock, ILogger<AccessTimeNotes> logger)
    {
        this.cluster = cluster;
        this.shards = shards;
        this.clock = clock;
        this.logger = logger;
        running = RunAsync();
    }

    /// <summary>Notes that an object was read now.</summary>
    /// <param name="inode">Its real number.</param>
    public void Note(uint inode)
    {
        if (notes.Count < MaxNotes)
        {
            notes[inode] = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false))
        {
            if (notes.IsEmpty)
            {
                continue;
            }

            var taken = Interlocked.Exchange(ref notes, new ConcurrentDictionary<uint, uint>());
            foreach (var shard in taken.GroupBy(n => shards.ShardOf(n.Key)))
            {
                try
                {
                    await cluster.ExecuteAsync(
                        new UpdateTimes([.. shard.Take(MaxNotes).Select(static n => new TimeUpdate(n.Key, n.Value, 0))], Nobody), stopping.Token).ConfigureAwait(false);
                }
                catch (TimeoutException e)
                {
                    Log.Lost(logger, shard.Key, e.Message);
                }
            }
        }
    }

    private static Caller Nobody { get; } = new()
    {
        Session = 0,
        Uid = 0,
        Gids = [0],
        OriginalUid = 0,
        OriginalGid = 0,
        RootInode = NamespaceState.RootInode,
        SessionFlags = SessionFlags.None,
    };

    private static partial class Log
    {
        [LoggerMessage(620, LogLevel.Warning, "access times of shard {Shard} are lost: {Reason}")]
        public static partial void Lost(ILogger logger, int shard, string reason);
    }
}

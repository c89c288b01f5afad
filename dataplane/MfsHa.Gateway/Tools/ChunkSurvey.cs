using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tools;

/// <summary>
/// Counts chunks by the copies that they should have and the copies that they have (chunkserver-protocol 5.6). Made when somebody asks and the last one is
/// old, in the background: tools wait one second, and a cluster may have many chunks.
/// </summary>
internal sealed partial class ChunkSurvey(ClusterCalls cluster, IChunkLocationView locations, TimeProvider clock, ILogger<ChunkSurvey> logger, CancellationToken stopping)
{
    /// <summary>Rows and columns of a matrix: 0 to 9, and 10 or more.</summary>
    public const int Side = 11;

    private const int Page = 10_000;
    private const int MaxCopies = Side - 1;

    /// <summary>More chunks are not counted: the picture is cut off rather than a leader kept busy.</summary>
    private const long MaxChunks = 20_000_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private long made;
    private volatile ChunkPicture latest = ChunkPicture.Empty;

    /// <summary>The latest picture; begins a new one if it is old and waits a little for it.</summary>
    public async ValueTask<ChunkPicture> LookAsync()
    {
        Task current;
        lock (gate)
        {
            if (running.IsCompleted && (made == 0 || clock.GetElapsedTime(made) > Freshness))
            {
                running = RunAsync();
            }

            current = running;
        }

        await Task.WhenAny(current, Task.Delay(Patience, clock, stopping)).ConfigureAwait(false);
        return latest;
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            var classes = await ClassesAsync().ConfigureAwait(false);
            var picture = new ChunkPicture();
            var found = new ChunkLocation[byte.MaxValue];
            ulong next = 0;
            do
            {
                if (await cluster.ExecuteAsync(new ListChunks(next, Page), stopping).ConfigureAwait(false) is not ChunksReply page)
                {
                    break;
                }

                foreach (var chunk in page.Chunks)
                {
                    Count(picture, classes, chunk, found);
                }

                next = page.Next;
            }
            while (next != 0 && picture.Chunks < MaxChunks);
            latest = picture;
            made = clock.GetTimestamp();
        }
        catch (Exception e) when (e is TimeoutException or ProposalRejectedException or OperationCanceledException)
        {
            Log.Interrupted(logger, e.Message);
        }
    }

    private async ValueTask<Dictionary<byte, StorageClassRecord>> ClassesAsync()
    {
        var reply = await cluster.ExecuteAsync(new ListStorageClasses(), stopping).ConfigureAwait(false);
        return reply is StorageClassesReply all ? all.Classes.ToDictionary(static c => c.Class.Id, static c => c.Class) : [];
    }

    private void Count(ChunkPicture picture, Dictionary<byte, StorageClassRecord> classes, ChunkView chunk, ChunkLocation[] found)
    {
        var copies = 0;
        var regular = 0;
        var count = Math.Min(found.Length, locations.Find(chunk.Id, found));
        foreach (ref readonly var copy in found.AsSpan(0, count))
        {
            if (copy.Part != 0 || copy.Version != chunk.Record.Version || !copy.Server.IsConnected || (copy.Flags & ChunkFlags.Damaged) != 0)
            {
                continue;
            }

            copies++;
            regular += (copy.Flags & ChunkFlags.MarkedForRemoval) == 0 ? 1 : 0;
        }

        var goal = 0;
        if (chunk.Record.References > 0 && classes.TryGetValue(chunk.Record.StorageClass, out var record))
        {
            goal = (chunk.Record.Archived && record.Archive.IsDefined ? record.Archive : record.Keep).Labels.Length;
        }

        picture.Add(chunk.Record.StorageClass, chunk.Record.Archived, Math.Min(goal, MaxCopies), Math.Min(copies, MaxCopies), Math.Min(regular, MaxCopies));
    }

    private static partial class Log
    {
        [LoggerMessage(640, LogLevel.Debug, "chunks were not counted: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);
    }
}

/// <summary>Chunks by wanted and existing copies.</summary>
internal sealed class ChunkPicture
{
    /// <summary>Nothing counted yet.</summary>
    public static readonly ChunkPicture Empty = new();

    private readonly Dictionary<byte, ClassPicture> classes = [];

    /// <summary>All copies, by goal and copies.</summary>
    public uint[] All { get; } = new uint[ChunkSurvey.Side * ChunkSurvey.Side];

    /// <summary>Without copies on disks marked for removal.</summary>
    public uint[] Regular { get; } = new uint[ChunkSurvey.Side * ChunkSurvey.Side];

    /// <summary>Chunks counted.</summary>
    public long Chunks { get; private set; }

    /// <summary>All copies counted.</summary>
    public long Copies { get; private set; }

    /// <summary>Copies that are not on disks marked for removal.</summary>
    public long RegularCopies { get; private set; }

    /// <summary>The chunks of one storage class.</summary>
    public ClassPicture OfClass(byte id) => classes.GetValueOrDefault(id) ?? new ClassPicture();

    internal void Add(byte storageClass, bool archived, int goal, int copies, int regular)
    {
        Chunks++;
        Copies += copies;
        RegularCopies += regular;
        All[(goal * ChunkSurvey.Side) + copies]++;
        Regular[(goal * ChunkSurvey.Side) + regular]++;
        if (!classes.TryGetValue(storageClass, out var counts))
        {
            classes.Add(storageClass, counts = new ClassPicture());
        }

        counts.Counts[Math.Sign(copies - goal) + 1, archived ? 1 : 0]++;
    }
}

/// <summary>Chunks of a storage class.</summary>
internal sealed class ClassPicture
{
    /// <summary>By: fewer copies than wanted, as many, more; ordinary, archived.</summary>
    public ulong[,] Counts { get; } = new ulong[3, 2];
}

using System.Collections.Concurrent;

namespace MfsHa.Gateway.Connections;

/// <summary>
/// All connections of one listener. One timer keeps them alive and finds the dead ones. A pause of this process is not held against the peers
/// (`mfsmaster/matoclserv.c: matoclserv_serve` does the same). Thread-safe.
/// </summary>
public sealed class ConnectionTable : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>A tick that is later than this was late because the process did not run.</summary>
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<FrameConnection, byte> connections = new();
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task ticking;

    /// <summary>Starts the timer.</summary>
    public ConnectionTable(TimeProvider clock)
    {
        this.clock = clock;
        ticking = TickAsync();
    }

    /// <summary>Number of connections.</summary>
    public int Count => connections.Count;

    /// <summary>All connections at some moment.</summary>
    public IEnumerable<FrameConnection> All => connections.Keys;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await ticking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    internal void Add(FrameConnection connection) => connections.TryAdd(connection, 0);

    internal void Remove(FrameConnection connection) => connections.TryRemove(connection, out _);

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Period, clock);
        var last = clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false))
        {
            var now = clock.GetTimestamp();
            var late = clock.GetElapsedTime(last, now) - Period;
            last = now;
            foreach (var (connection, _) in connections)
            {
                connection.Tick(late > Stall ? late : TimeSpan.Zero);
            }
        }
    }
}

using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Connections;

/// <summary>
/// Serves the connections of one listener: makes what serves them, keeps them in a table, and says in one line why each one ended.
/// </summary>
public abstract partial class FrameConnectionHandler : ConnectionHandler, IAsyncDisposable
{
    private readonly string peer;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Creates the handler.</summary>
    /// <param name="peer">What connects here, for logs: client, chunkserver, metalogger.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">For ends of connections.</param>
    protected FrameConnectionHandler(string peer, TimeProvider clock, ILogger logger)
    {
        this.peer = peer;
        this.logger = logger;
        Connections = new ConnectionTable(clock);
    }

    /// <summary>The connections of this listener.</summary>
    public ConnectionTable Connections { get; }

    /// <summary>
    /// True when what one read brings takes little time. It is worked on where it was received then: two threads less to wake for each request (measured: getattr from 228 to 60 us of
    /// processor time). Work that may take long would keep the thread from other connections, those of Raft among them.
    /// </summary>
    public virtual bool HasShortPackets => false;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var served = Create(connection);
        Connections.Add(served);
        try
        {
            await served.RunAsync(stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            Connections.Remove(served);
        }

        LogEnd(served);
        await served.OnEndedAsync().ConfigureAwait(false);
    }

    /// <summary>Ends all connections.</summary>
    public void Stop() => stopping.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await Connections.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes what serves a new connection.</summary>
    protected abstract FrameConnection Create(ConnectionContext connection);

    private void LogEnd(FrameConnection connection)
    {
        var end = connection.EndReason!;
        switch (end.Kind)
        {
            case EndKind.Malformed or EndKind.Overloaded or EndKind.Undecided:
                Log.Broken(logger, peer, connection, end.Reason);
                break;
            case EndKind.Silent or EndKind.SentAway:
                Log.Given(logger, peer, connection, end.Reason);
                break;
            case EndKind.Failed:
                Log.Failed(logger, peer, connection, end.Reason, end.Exception);
                break;
            default:
                Log.Ended(logger, peer, connection, end.Reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Debug, "{Peer} {Connection}: connection ended: {Reason}")]
        public static partial void Ended(ILogger logger, string peer, FrameConnection connection, string reason);

        [LoggerMessage(601, LogLevel.Information, "{Peer} {Connection}: connection closed: {Reason}")]
        public static partial void Given(ILogger logger, string peer, FrameConnection connection, string reason);

        [LoggerMessage(602, LogLevel.Warning, "{Peer} {Connection}: connection closed: {Reason}")]
        public static partial void Broken(ILogger logger, string peer, FrameConnection connection, string reason);

        [LoggerMessage(603, LogLevel.Error, "{Peer} {Connection}: connection closed by a defect: {Reason}")]
        public static partial void Failed(ILogger logger, string peer, FrameConnection connection, string reason, Exception? exception);
    }
}

using MfsHa.Cluster.Routing;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Gateway.Connections;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>
/// Lock requests: one that must wait is tried again whenever a lock of the file was released, until it is granted, interrupted, or its connection is
/// gone (client-protocol 5.5, 5.6).
/// </summary>
internal abstract class LockHandler : RequestHandler
{
    /// <summary>Longest wait for news of a release: how late a grant may be when the news is lost with a leader.</summary>
    private const int MaxWaitMilliseconds = 1000;

    /// <summary>Begins to serve a lock command.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">By which it may be interrupted.</param>
    /// <param name="command">The command; repeating it is harmless.</param>
    /// <param name="caller">On whose behalf.</param>
    protected static void Begin(PendingRequest request, LockRequestName name, Command command, Caller caller) => _ = RunAsync(request, name, command, caller);

    private static async Task RunAsync(PendingRequest request, LockRequestName name, Command command, Caller caller)
    {
        var connection = request.Connection;
        var place = connection.BeginRequest();
        try
        {
            var reply = await connection.Services.Cluster.ExecuteAsync(command, connection.Closing).ConfigureAwait(false);
            if (reply is not LockReply { Granted: false })
            {
                request.Answer(reply.Status);
                return;
            }

            if (connection.ParkRequest(place) is not { } parked)
            {
                connection.End(new ConnectionEnd(EndKind.Overloaded, $"more than {RequestWindow.MaxParked} requests wait for locks"));
                return;
            }

            place = parked;
            request.Answer(await WaitAsync(connection, name, command, caller).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            connection.EndBy(e);
        }
        finally
        {
            connection.EndRequest(place);
        }
    }

    private static async Task<StatusCode> WaitAsync(ClientConnection connection, LockRequestName name, Command command, Caller caller)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(connection.Closing);
        connection.Locks.Add(name, interrupt);
        try
        {
            while (true)
            {
                // The wait begins before the command is tried again, so that a release in between is not missed.
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token);
                var release = WaitForReleaseAsync(connection, name, caller, wait.Token);
                try
                {
                    // A command that is on its way is never cut off by an interrupt: it may be granted, and then the client must hear that.
                    var reply = await connection.Services.Cluster.ExecuteAsync(command, connection.Closing).ConfigureAwait(false);
                    if (reply is not LockReply { Granted: false })
                    {
                        await wait.CancelAsync().ConfigureAwait(false);
                        return reply.Status;
                    }
                }
                finally
                {
                    await release.ConfigureAwait(false);
                }

                connection.Closing.ThrowIfCancellationRequested();
                if (interrupt.IsCancellationRequested)
                {
                    return StatusCode.EIntr;
                }
            }
        }
        finally
        {
            connection.Locks.Remove(name, interrupt);
        }
    }

    private static async Task WaitForReleaseAsync(ClientConnection connection, LockRequestName name, Caller caller, CancellationToken cancellation)
    {
        try
        {
            await connection.Services.Cluster.ExecuteAsync(new WaitForLockRequest(MaxWaitMilliseconds) { Inode = name.Inode, Caller = caller }, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Granted, interrupted, or the connection is gone: the caller knows.
        }
    }
}

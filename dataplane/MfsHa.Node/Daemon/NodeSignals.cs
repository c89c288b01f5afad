using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace MfsHa.Node.Daemon;

/// <summary>Signals as a queue of requests.</summary>
internal sealed class NodeSignals : IDisposable
{
    // Whoever sends signals faster than they are served sends the same ones again and again.
    private const int MaxWaiting = 16;

    // SIGUSR1 on Linux.
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private readonly Channel<NodeRequest> _requests =
        Channel.CreateBounded<NodeRequest>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="isDaemon">True: SIGINT is ignored, because a terminal's interrupt is not meant for a daemon.</param>
    public NodeSignals(bool isDaemon)
    {
        Handle(PosixSignal.SIGTERM, NodeRequest.Stop);
        Handle(PosixSignal.SIGINT, isDaemon ? null : NodeRequest.Stop);
        Handle(PosixSignal.SIGQUIT, isDaemon ? null : NodeRequest.Stop);
        Handle(PosixSignal.SIGHUP, NodeRequest.Reload);
        Handle(UserSignal1, NodeRequest.Describe);
    }

    /// <summary>Cancelled by the first request to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The next request; a request to stop comes before all that wait.</summary>
    public async Task<NodeRequest> NextAsync()
    {
        try
        {
            return await _requests.Reader.ReadAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return NodeRequest.Stop;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stopping.Dispose();
    }

    private void Handle(PosixSignal signal, NodeRequest? request) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (request is NodeRequest.Stop)
            {
                _stopping.Cancel();
            }
            else if (request is { } other)
            {
                _requests.Writer.TryWrite(other);
            }
        }));
}

namespace MfsHa.Node.Daemon;

/// <summary>Disposes a host, but waits no longer than a limit: a thread may hang in a disk that does not answer, and then the process has to end without it.</summary>
internal sealed class BoundedEnd(IAsyncDisposable host, TimeSpan limit, TimeProvider time, Action givenUp) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await host.DisposeAsync().AsTask().WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            givenUp();
        }
    }
}

using System.Net.Sockets;
using MfsHa.Bench.Raw;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Testbed;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Subjects;

/// <summary>A metadata service under measurement.</summary>
internal abstract class Subject(TestEnvironment environment, IMetadataService service, MooseFsRelease release)
{
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ServeLimit = TimeSpan.FromMinutes(10);

    /// <summary>How long an orderly stop may take; a big mfsmaster writes its whole metadata.</summary>
    protected static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);

    private readonly PeerVersion version = release == MooseFsRelease.V3 ? new PeerVersion(3, 0, 117) : new PeerVersion(4, 56, 6);

    public TestEnvironment Environment { get; } = environment;

    public IMetadataService Service { get; } = service;

    /// <summary>What it is called in tables.</summary>
    public virtual string Name => Service.Name;

    /// <summary>The release of mfsmount and of the version that raw clients pretend to have.</summary>
    public MooseFsRelease Release { get; } = release;

    /// <summary>One process a node.</summary>
    public abstract IReadOnlyList<ManagedProcess> Processes { get; }

    /// <summary>Starts all processes and returns at once.</summary>
    public abstract void Start();

    /// <summary>Stops all processes in good order.</summary>
    public abstract Task StopAsync();

    /// <summary>Stops the last node in good order, starts it, and returns after which time from its start it serves clients; the others serve meanwhile, if there are any.</summary>
    public abstract Task<TimeSpan> RestartOneAsync(CancellationToken cancellation);

    /// <summary>A new session of a raw client at the n-th endpoint.</summary>
    public Task<RawConnection> ConnectAsync(int number, CancellationToken cancellation)
        => RawConnection.OpenAsync(Environment.Observer, Service.EndpointFor(number), version, cancellation);

    /// <summary>Returns when a new client of every endpoint gets a session and the root's attributes.</summary>
    public Task WaitServesAsync(CancellationToken cancellation)
        => Task.WhenAll(Enumerable.Range(0, Service.Endpoints.Count).Select(number => WaitServesAsync(number, cancellation)));

    /// <summary>Returns when a new client of an endpoint gets a session and the root's attributes.</summary>
    protected Task WaitServesAsync(int number, CancellationToken cancellation)
        => Deadline.WaitAsync($"{Service.Endpoints[number].Name} serves clients", ServeLimit, token => ServesAsync(number, token), cancellation);

    private async ValueTask<bool> ServesAsync(int number, CancellationToken cancellation)
    {
        foreach (var process in Processes)
        {
            process.ThrowIfExited();
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AttemptLimit);
        try
        {
            using var connection = await ConnectAsync(number, limit.Token);
            await connection.CallAsync<GetAttributesRequest, GetAttributesReply>(new GetAttributesRequest(1, Opened: false, 0, 0), limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or RefusedException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Not listening yet, or not ready to serve.
            return false;
        }
    }
}

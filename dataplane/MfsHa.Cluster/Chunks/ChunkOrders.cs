using MfsHa.Metadata.Chunks;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks;

/// <summary>Executes committed orders on chunkservers (chunkserver-protocol 3.2, 5.3).</summary>
public sealed class ChunkOrders(ChunkCommandDispatcher dispatcher)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Sends an order to some chunkservers at once and returns what became of it at each.</summary>
    public async Task<IReadOnlyList<OrderResult>> ExecuteAsync(
        ChunkWork work, ulong chunk, uint version, IReadOnlyList<ChunkServerStatus> servers, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        return await Task.WhenAll(servers.Select(s => SendAsync(Command(work, chunk, version, s), s, limited.Token))).ConfigureAwait(false);
    }

    /// <summary>Raises the version of copies after some of them failed to execute an order.</summary>
    public Task<IReadOnlyList<OrderResult>> RaiseVersionAsync(ulong chunk, uint from, IReadOnlyList<ChunkServerStatus> servers, CancellationToken cancellation) =>
        ExecuteAsync(new ChunkWork(ChunkWorkKind.SetVersion, chunk, from, 0), chunk, from + 1, servers, cancellation);

    /// <summary>Deletes a copy.</summary>
    public async Task<StatusCode> DeleteAsync(ulong chunk, uint version, ChunkServerStatus server, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        var command = new ChunkCommand { Kind = ChunkCommandKind.Delete, Server = server.Incarnation.ChunkServerId, Chunk = chunk, Version = version };
        return (await SendAsync(command, server, limited.Token).ConfigureAwait(false)).Status;
    }

    private static ChunkCommand Command(ChunkWork work, ulong chunk, uint version, ChunkServerStatus server) => new()
    {
        Kind = work.Kind switch
        {
            ChunkWorkKind.Create => ChunkCommandKind.Create,
            ChunkWorkKind.SetVersion => ChunkCommandKind.SetVersion,
            ChunkWorkKind.Duplicate => ChunkCommandKind.Duplicate,
            ChunkWorkKind.Truncate => ChunkCommandKind.Truncate,
            ChunkWorkKind.DuplicateTruncate => ChunkCommandKind.DuplicateTruncate,
            _ => throw new ArgumentException($"{work.Kind} is no order", nameof(work)),
        },
        Server = server.Incarnation.ChunkServerId,
        Chunk = chunk,
        Version = version,
        OldChunk = work.OldChunk,
        OldVersion = work.OldVersion,
        Length = work.CutBytes,
    };

    private async Task<OrderResult> SendAsync(ChunkCommand command, ChunkServerStatus server, CancellationToken cancellation)
    {
        try
        {
            return new OrderResult(server, await dispatcher.ExecuteAsync(server.Gateway, command, cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Whether the chunkserver executes it is open: its copy is in doubt from now on.
            return new OrderResult(server, StatusCode.Disconnected);
        }
    }
}

/// <summary>What became of an order at one chunkserver.</summary>
/// <param name="Server">The chunkserver.</param>
/// <param name="Status">Its status; <see cref="StatusCode.Disconnected"/> if it is not known.</param>
public readonly record struct OrderResult(ChunkServerStatus Server, StatusCode Status);

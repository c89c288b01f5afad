using MfsHa.Consensus;
using MfsHa.Metadata.Chunks;
using MfsHa.Protocol;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks;

/// <summary>Executes committed orders of a shard's leader on chunkservers (chunkserver-protocol 3.2, 5.3).</summary>
public sealed class ChunkOrders(ChunkCommandDispatcher dispatcher, IShardLog log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>A replication copies up to 64 MiB (`mfsmaster/chunks.c`: replications older than 120 s are given up).</summary>
    private static readonly TimeSpan ReplicationDeadline = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Sends an order to some chunkservers at once and returns what became of it at each: OK also where it was executed before, by an earlier leader's order of which nobody
    /// may have heard. A node that does not lead any more sends nothing.
    /// </summary>
    public async Task<IReadOnlyList<OrderResult>> ExecuteAsync(
        ChunkWork work, ulong chunk, uint version, IReadOnlyList<ChunkServerStatus> servers, CancellationToken cancellation)
    {
        var leadership = log.Leadership;
        if (!leadership.IsReady)
        {
            return [.. servers.Select(static s => new OrderResult(s, StatusCode.Disconnected))];
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        return await Task.WhenAll(servers.Select(s => SendOnceAsync(Command(work, chunk, version), s, leadership.Term, limited.Token))).ConfigureAwait(false);
    }

    // A copy gets each version by one committed order only. So one that has the new version already has executed this order; raising it from that version to itself tells.
    private async Task<OrderResult> SendOnceAsync(ChunkCommand command, ChunkServerStatus server, long term, CancellationToken cancellation)
    {
        var result = await SendAsync(command, server, term, cancellation).ConfigureAwait(false);
        if (result.Status is not (StatusCode.ChunkExist or StatusCode.WrongVersion))
        {
            return result;
        }

        var question = new ChunkCommand { Kind = ChunkCommandKind.SetVersion, Server = 0, Chunk = command.Chunk, Version = command.Version, OldVersion = command.Version };
        var asked = await SendAsync(question, server, term, cancellation).ConfigureAwait(false);
        return asked.Status is StatusCode.Ok or StatusCode.Disconnected ? asked : result;
    }

    /// <summary>Raises the version of copies after some of them failed to execute an order.</summary>
    public Task<IReadOnlyList<OrderResult>> RaiseVersionAsync(ulong chunk, uint from, IReadOnlyList<ChunkServerStatus> servers, CancellationToken cancellation) =>
        ExecuteAsync(new ChunkWork(ChunkWorkKind.SetVersion, chunk, from, 0), chunk, from + 1, servers, cancellation);

    /// <summary>Deletes a copy that was condemned in the given term or before.</summary>
    /// <param name="chunk">Chunk id.</param>
    /// <param name="version">Version that the copy must have, 0 = any.</param>
    /// <param name="server">Where it is.</param>
    /// <param name="term">Term of the leader that gives the order.</param>
    /// <param name="cancellation">Ends the wait, not the order.</param>
    public Task<StatusCode> DeleteAsync(ulong chunk, uint version, ChunkServerStatus server, long term, CancellationToken cancellation) =>
        SendAloneAsync(new ChunkCommand { Kind = ChunkCommandKind.Delete, Server = 0, Chunk = chunk, Version = version }, server, term, Deadline, cancellation);

    /// <summary>Copies a chunk from one chunkserver to another.</summary>
    public Task<StatusCode> ReplicateAsync(ulong chunk, uint version, ChunkServerStatus from, ChunkServerStatus to, long term, CancellationToken cancellation) =>
        SendAloneAsync(
            new ChunkCommand
            {
                Kind = ChunkCommandKind.Replicate,
                Server = 0,
                Chunk = chunk,
                Version = version,
                SourceAddress = from.Info.Ip,
                SourcePort = from.Info.Port,
            },
            to,
            term,
            ReplicationDeadline,
            cancellation);

    private static ChunkCommand Command(ChunkWork work, ulong chunk, uint version) => new()
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
        Server = 0,
        Chunk = chunk,
        Version = version,
        OldChunk = work.OldChunk,
        OldVersion = work.OldVersion,
        Length = work.CutBytes,
    };

    private async Task<StatusCode> SendAloneAsync(ChunkCommand command, ChunkServerStatus server, long term, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(deadline);
        return (await SendAsync(command, server, term, limited.Token).ConfigureAwait(false)).Status;
    }

    private async Task<OrderResult> SendAsync(ChunkCommand command, ChunkServerStatus server, long term, CancellationToken cancellation)
    {
        var addressed = command with { Server = server.Incarnation.ChunkServerId, Epoch = server.Incarnation.Epoch, Group = log.Group, Term = term };
        try
        {
            return new OrderResult(server, await dispatcher.ExecuteAsync(server.Gateway, addressed, cancellation).ConfigureAwait(false));
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

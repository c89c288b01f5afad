using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Recovery;
using MfsHa.Node.Configuration;
using MfsHa.Node.Logging;
using MfsHa.Security;
using Microsoft.Extensions.Logging;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;

namespace MfsHa.Node.Commands;

/// <summary>
/// Before a node opens data that were found damaged (<see cref="DamageNote"/>): has the cluster remove it, which needs a majority without this node and so cannot lose anything, sets the data aside, and
/// leaves the order to join anew. When that is not possible now the node starts on what is there, as it would without the note.
/// </summary>
internal sealed partial class ReplicaRebuild(LoadedConfiguration configuration, bool isDaemon, TimeProvider clock)
{
    /// <summary>A disk that damages its data again within this time is broken.</summary>
    private static readonly TimeSpan NotAgainWithin = TimeSpan.FromHours(1);

    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private NodeConfiguration Node => configuration.Node;

    /// <summary>Does all of it, or nothing; what an interruption has left is completed.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!Node.Consensus.RebuildDamaged)
        {
            return;
        }

        DamageNote? note;
        try
        {
            note = DamageNote.Load(Node.DataPath);
        }
        catch (InvalidDataException e)
        {
            throw new FormationException(e.Message);
        }

        if (note is null)
        {
            return;
        }

        using NodeLog log = NodeLog.Open(Node.Log, Node.Process.Identity, console: !isDaemon, clock);
        ILogger logger = log.Factory.CreateLogger<ReplicaRebuild>();
        if (note.Aside is null)
        {
            if (DamagedDirectory.LastIn(Node.DataPath) is { } last && clock.GetUtcNow() - last is var since && since >= TimeSpan.Zero && since < NotAgainWithin)
            {
                Log.TooSoon(logger, note.Reason, last);
                return;
            }

            Log.Begins(logger, note.Reason);
            try
            {
                note = await RemoveAsync(note, cancellation).ConfigureAwait(false) with { Aside = DamagedDirectory.NameAt(clock.GetUtcNow()) };
            }
            catch (FormationException e)
            {
                Log.NotNow(logger, e.Message);
                return;
            }

            note.Store(Node.DataPath);
        }

        DamagedDirectory.SetAside(Node.DataPath, note.Aside!);
        new FormationOrder(note.Node, Joins: true, note.Host!, note.Port, note.Peers).Store(Node.DataPath);
        DamageNote.Delete(Node.DataPath);
        Log.Done(logger, Path.Combine(Node.DataPath, note.Aside!));
    }

    // Returns the note with the addresses that the cluster knows; this node is no member then.
    private async Task<DamageNote> RemoveAsync(DamageNote note, CancellationToken cancellation)
    {
        if (note.Node != Node.NodeId)
        {
            throw new FormationException($"the note is of node {note.Node}, this is node {Node.NodeId}");
        }

        AdminTarget target = TargetOf(note);
        ClusterStatus status = await StatusAsync(target, cancellation).ConfigureAwait(false);
        if (!Guid.TryParse(status.Cluster, out Guid cluster) || cluster != note.Cluster)
        {
            throw new FormationException($"node {status.AnsweredBy} belongs to cluster {status.Cluster}, this directory to {note.Cluster}");
        }

        note = note with { Peers = [.. status.Nodes.Where(n => n.Id != note.Node && n.Membership != Membership.Unspecified).Select(static n => new FormationPeer((ushort)n.Id, n.Host, (int)n.Port))] };
        if (status.Nodes.FirstOrDefault(n => n.Id == note.Node && n.Membership != Membership.Unspecified) is { } self)
        {
            if (self.Incarnation != note.Incarnation)
            {
                throw new FormationException($"node {note.Node} of the cluster has another data directory by now, at {self.Host}:{self.Port}");
            }

            note = note with { Host = self.Host, Port = (int)self.Port };
            await CallAsync(target with { Timeout = RemovalLimit }, (client, call) => client.RemoveNodeAsync(new RemoveNodeRequest { Node = note.Node }, call).ResponseAsync, cancellation).ConfigureAwait(false);
        }

        return note.Host is null ? throw new FormationException("nobody knows at which address others reach this node") : note;
    }

    private AdminTarget TargetOf(DamageNote note)
    {
        string[] hosts = [.. note.Peers.Select(static p => p.Host).Concat(Node.Peers.Where(p => p.Id != note.Node).Select(static p => p.Host)).Distinct()];
        return AdminTarget.TryParse(string.Join(',', hosts), Node.AdminPort, StatusLimit, out AdminTarget target)
            ? target with { Credentials = NodeCredentials.Of(Node.Security, clock) }
            : throw new FormationException("it knows no other node");
    }

    // After a power cut the others may be starting, too.
    private async Task<ClusterStatus> StatusAsync(AdminTarget target, CancellationToken cancellation)
    {
        long begun = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await CallAsync(target, static (client, call) => client.GetStatusAsync(new GetStatusRequest(), call).ResponseAsync, cancellation).ConfigureAwait(false);
            }
            catch (FormationException) when (clock.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task<T> CallAsync<T>(AdminTarget target, Func<AdminClient, CallOptions, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await AdminConnection.CallAsync(target, call, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnreachableException or RpcException or SecurityFileException)
        {
            throw new FormationException(e is RpcException refused ? refused.Status.Detail : $"no other node answers: {e.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "the data of this node were found damaged ({Reason}): it is removed from the cluster and built anew from the others")]
        public static partial void Begins(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Critical, "the data of this node were found damaged, and it cannot be built anew now: {Reason}. It starts on what it has; the next start tries again")]
        public static partial void NotNow(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Critical, "the data of this node were found damaged ({Reason}), and it was built anew at {Last:u} already: is its disk broken? It starts on what it has; a person has to replace it")]
        public static partial void TooSoon(ILogger logger, string reason, DateTimeOffset last);

        [LoggerMessage(4, LogLevel.Warning, "the damaged data are in {Directory}, which is deleted only when that happens again; the node joins the cluster anew")]
        public static partial void Done(ILogger logger, string directory);
    }
}

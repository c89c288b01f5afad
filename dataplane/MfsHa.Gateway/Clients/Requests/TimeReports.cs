using MfsHa.Metadata.Namespace;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// Access and modification times that a mount reports for files that it reads and writes (AMTIME, client-protocol 7.3). A SETATTR that came after a
/// report waits for it: a report that is taken later would undo the times that an application has just set. Sessions that may only read report, too,
/// and are believed (mfsmaster/filesystem.c: fs_amtime_update).
/// </summary>
internal sealed class TimeReports(ClientConnection connection, ClientServices services)
{
    /// <summary>Complete when all reports that have come are taken.</summary>
    public Task Taken { get; private set; } = Task.CompletedTask;

    /// <summary>Takes a report. Each value comes twice, so the second one usually changes nothing.</summary>
    public void Take(PackedList<InodeTimes> times)
    {
        var caller = CallerFactory.Anonymous(connection.Session!);
        var byShard = new List<TimeUpdate>?[services.Shards.ShardCount];
        foreach (var item in times)
        {
            if (item.Inode == 0 || (item.AccessTime == 0 && item.ModificationTime == 0))
            {
                continue;
            }

            var updates = byShard[services.Shards.ShardOf(caller.Real(item.Inode))] ??= [];
            updates.Add(new TimeUpdate(item.Inode, item.AccessTime, item.ModificationTime));
        }

        foreach (var updates in byShard)
        {
            foreach (var part in updates?.Chunk(UpdateTimes.MaxUpdates) ?? [])
            {
                Taken = RunAsync(Taken, new UpdateTimes(part, caller));
            }
        }
    }

    private async Task RunAsync(Task before, UpdateTimes update)
    {
        var place = connection.BeginRequest();
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await services.Cluster.ExecuteAsync(update, connection.Closing).ConfigureAwait(false);
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
}

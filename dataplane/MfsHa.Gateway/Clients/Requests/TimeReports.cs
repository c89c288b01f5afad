using MfsHa.Metadata.Namespace;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>Access and modification times that a mount reports for files that it reads and writes (AMTIME, client-protocol 7.3).</summary>
internal sealed class TimeReports(ClientConnection connection, ClientServices services)
{
    /// <summary>Takes a report. Each value comes twice, so the second one usually changes nothing.</summary>
    public void Take(PackedList<InodeTimes> times)
    {
        var session = connection.Session!;
        if ((session.Parameters.Flags & SessionFlags.ReadOnly) != 0)
        {
            return;
        }

        var caller = CallerFactory.Anonymous(session);
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
                _ = RunAsync(new UpdateTimes(part, caller));
            }
        }
    }

    private async Task RunAsync(UpdateTimes update)
    {
        var place = connection.BeginRequest();
        try
        {
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

using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Clients.Requests;

/// <summary>
/// The lists of open inodes that a mount sends (client-protocol 5.3). They are taken in order, and an OPEN or CREATE that came after a list
/// waits for it: a list that overtook it would close the file again.
/// </summary>
internal sealed class OpenFileLists(ClientConnection connection, ClientServices services)
{
    /// <summary>Message id of the lists' own stamps: a late list of an earlier connection must not be taken after a newer one. Clients count from 1.</summary>
    private const uint ListMessage = 0;

    /// <summary>Complete when all lists that have come are taken.</summary>
    public Task Taken { get; private set; } = Task.CompletedTask;

    /// <summary>Takes a list.</summary>
    public void Take(PackedList<PackedInode> list)
    {
        var session = connection.Session!;
        var stamp = new RequestStamp(session.Id, ListMessage, ((ulong)session.Epoch << 32) | connection.Requests.Next(), Digest: 0, MayRepeat: false);
        Taken = RunAsync(Taken, new SyncOpenFiles(session.Id, Ascending(list)) { Stamp = stamp });
    }

    private static uint[] Ascending(PackedList<PackedInode> list)
    {
        var inodes = new uint[list.Count];
        var count = 0;
        var isAscending = true;
        foreach (var item in list)
        {
            if (item.Inode == 0)
            {
                continue;
            }

            isAscending &= count == 0 || inodes[count - 1] < item.Inode;
            inodes[count++] = item.Inode;
        }

        return isAscending ? inodes[..count] : [.. inodes[..count].Distinct().Order()];
    }

    private async Task RunAsync(Task before, SyncOpenFiles list)
    {
        var place = connection.BeginRequest();
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await services.Cluster.ExecuteAsync(list, connection.Closing).ConfigureAwait(false);
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

using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Ledger.Storm;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Ledger;

internal sealed partial class LedgerRun
{
    private static readonly TimeSpan RoamerPause = TimeSpan.FromMilliseconds(20);

    private RenameStorm? storm;

    private IReadOnlyList<StormWorker> StormWorkers => storm?.Workers ?? [];

    /// <summary>Adds clients that move directories and files against each other: one on every mount, and one that roams from each roamer's host.</summary>
    public async Task AddStormAsync(CancellationToken cancellation)
    {
        var area = new StormArea();
        IStormClient[] clients =
        [
            .. deployment.Mounts.Select((mount, index) => new StormMount(Application(index), knowsModes: mount.Release == MooseFsRelease.V4)),
            .. hosts.Select((host, index) => new StormRoamer($"storm{index}", Session(host, sessions.Count), area.Inodes)),
        ];
        OwnFile[][] files = [.. clients.Select((_, index) => area.FilesOf(index).ToArray())];
        await area.CreateAsync(new RoamingClient("storm", Session(hosts[0], sessions.Count)), files.SelectMany(static f => f), cancellation).ConfigureAwait(false);
        storm = new RenameStorm(area, [.. clients.Select((client, index) => new StormWorker(
            client, area, files[index], Journal, new Random(seed + 2000 + index), client.FindsDirectories ? RoamerPause : MountPause))]);
    }
}

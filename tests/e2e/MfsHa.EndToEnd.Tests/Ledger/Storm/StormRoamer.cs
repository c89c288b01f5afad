using System.Text;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.EndToEnd.Tests.Ledger.Storm;

/// <summary>Speaks packets over a session that roams; it calls directories by their inodes, so nobody can move them away under it.</summary>
internal sealed class StormRoamer(string name, RawSession session, IReadOnlyDictionary<string, uint> inodes) : IStormClient
{
    private static readonly Credentials Caller = new(0, [0]);

    public string Name => name;

    public bool KnowsModes => true;

    public bool FindsDirectories => true;

    public async Task<IReadOnlyDictionary<string, string>> LookAroundAsync(CancellationToken cancellation)
    {
        Dictionary<string, string> parents = [];
        foreach (var directory in inodes.Keys)
        {
            foreach (var child in (await ListAsync(directory, cancellation).ConfigureAwait(false))!.Where(StormArea.IsDirectory))
            {
                parents[child] = directory;
            }
        }
        return parents;
    }

    public async Task<IReadOnlyList<string>?> ListAsync(string directory, CancellationToken cancellation)
    {
        const uint everything = 1000;
        var (status, body) = await session.CallAsync(
            new ReadDirectoryRequest(inodes[directory], Caller, ReadDirectoryFlags.None, everything, 0), cancellation).ConfigureAwait(false);
        RoamingClient.Check(status, "readdir", directory);
        return [.. body.AsPage().Entries.Select(static entry => Encoding.UTF8.GetString(entry.Name.Span))];
    }

    public async Task MoveAsync(Place from, Place to, Testbed.Native.RenameMode mode, CancellationToken cancellation)
    {
        var request = new RenameRequest(
            inodes[from.Directory], Encoding.UTF8.GetBytes(from.Name), inodes[to.Directory], Encoding.UTF8.GetBytes(to.Name), Caller, mode switch
            {
                Testbed.Native.RenameMode.Exchange => RenameMode.Exchange,
                Testbed.Native.RenameMode.NoReplace => RenameMode.NoReplace,
                _ => RenameMode.Standard,
            });
        var (status, _) = await session.CallAsync(request, cancellation).ConfigureAwait(false);
        RoamingClient.Check(status, "rename", $"{from} -> {to}");
    }
}

using MfsHa.Cluster.Chunks.Care;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Cluster.Chunks;

/// <summary>What the choice of servers for a new chunk looks at.</summary>
/// <param name="Server">Chunkserver id.</param>
/// <param name="Labels">Label mask, bit 0 = 'A'.</param>
/// <param name="TotalBytes">Space of its disks, bytes; 0 while they are still being scanned.</param>
/// <param name="UsedBytes">Used space, bytes.</param>
/// <param name="Writes">Chunks that were created on it lately by this leader.</param>
/// <param name="Overloaded">True while it reports that it is overloaded or rebalances at high speed (hlstatus 2, 5).</param>
public readonly record struct SelectableServer(ushort Server, uint Labels, ulong TotalBytes, ulong UsedBytes, int Writes, bool Overloaded)
{
    /// <summary>IPv4 address.</summary>
    public uint Address { get; init; }

    /// <summary>True while it is in maintenance: it gets new chunks only when there are few others.</summary>
    public bool IsInMaintenance { get; init; }
}

/// <summary>Why fewer servers than wanted were chosen.</summary>
public enum SelectionShortage : byte
{
    /// <summary>Enough were chosen, or all there are.</summary>
    None,

    /// <summary>No chunkserver is connected.</summary>
    NoServers,

    /// <summary>Servers are connected, none has space.</summary>
    NoSpace,

    /// <summary>Those with space are overloaded; later it may work.</summary>
    Busy,
}

/// <summary>
/// Chooses the servers of a new chunk; pure. Servers with much space are chosen in proportion to it, corrected by current writes
/// (chunkserver-protocol 7.4; `mfsmaster/matocsserv.c: matocsserv_getservers_wrandom`).
/// </summary>
public static class ServerSelection
{
    private const ulong ChunkBytes = 64UL << 20;
    private const ulong WritesReserve = 10;

    /// <summary>Chooses up to <paramref name="wanted"/> different servers, wherever they are.</summary>
    /// <param name="servers">Connected servers.</param>
    /// <param name="wanted">Copies wanted, at least 1.</param>
    /// <param name="seed">Any number; equal input gives an equal choice.</param>
    public static (ushort[] Chosen, SelectionShortage Shortage) Choose(IReadOnlyList<SelectableServer> servers, int wanted, ulong seed) =>
        Choose(servers, WantedCopies.Anywhere(wanted), seed);

    /// <summary>Chooses servers for the copies of a new chunk, as many as can be, each for a label expression of its class.</summary>
    /// <param name="servers">Connected servers.</param>
    /// <param name="wanted">What the class says.</param>
    /// <param name="seed">Any number; equal input gives an equal choice.</param>
    public static (ushort[] Chosen, SelectionShortage Shortage) Choose(IReadOnlyList<SelectableServer> servers, WantedCopies wanted, ulong seed)
    {
        if (servers.Count == 0)
        {
            return ([], SelectionShortage.NoServers);
        }

        var usable = WithoutMaintenance(servers.Where(HasSpace).ToList());
        if (usable.Count == 0)
        {
            return ([], SelectionShortage.NoSpace);
        }

        var ready = Shuffled(usable.Where(static s => !s.Overloaded).ToList(), ref seed);
        if (ready.Count == 0)
        {
            return ([], SelectionShortage.Busy);
        }

        if (wanted.IsAnywhere)
        {
            return ([.. ready.Take(wanted.Count).Select(static s => s.Server)], SelectionShortage.None);
        }

        var proper = Proper(wanted, ready);
        if (proper.Count < wanted.Count && wanted.Strictness != LabelsMode.Loose
            && Proper(wanted, [.. ready, .. usable.Where(static s => s.Overloaded)]).Count > proper.Count)
        {
            return ([], SelectionShortage.Busy);
        }

        if (proper.Count < wanted.Count && wanted.Strictness != LabelsMode.Strict)
        {
            proper.AddRange(ready.Where(s => !proper.Contains(s)).Take(wanted.Count - proper.Count).ToList());
        }

        return proper.Count == 0 ? ([], SelectionShortage.NoSpace) : ([.. proper.Select(static s => s.Server)], SelectionShortage.None);
    }

    // Servers in maintenance count only while they are more than a fifth of all (`mfsmaster/matocsserv.c: matocsserv_getservers_wrandom`).
    private static List<SelectableServer> WithoutMaintenance(List<SelectableServer> usable)
    {
        const int Part = 5;
        var resting = usable.Count(static s => s.IsInMaintenance);
        return resting * Part > usable.Count ? usable : usable.FindAll(static s => !s.IsInMaintenance);
    }

    private static List<SelectableServer> Proper(WantedCopies wanted, List<SelectableServer> ordered)
    {
        var chosen = LabelMatching.Match(wanted, ordered.ConvertAll(static s => new CareServer(s.Server) { Address = s.Address, Labels = s.Labels }));
        return [.. ordered.Where((_, i) => chosen[i])];
    }

    private static List<SelectableServer> Shuffled(List<SelectableServer> servers, ref ulong seed)
    {
        var order = new List<SelectableServer>(servers.Count);
        while (servers.Count > 0)
        {
            var index = Draw(servers, ref seed);
            order.Add(servers[index]);
            servers.RemoveAt(index);
        }

        return order;
    }

    private static bool HasSpace(SelectableServer server) =>
        server.TotalBytes > server.UsedBytes && server.TotalBytes - server.UsedBytes > ChunkBytes * (1 + (WritesReserve * (ulong)server.Writes));

    private static int Draw(List<SelectableServer> servers, ref ulong seed)
    {
        ulong total = 0;
        foreach (var server in servers)
        {
            total += Weight(server);
        }

        var point = Next(ref seed) % total;
        for (var i = 0; ; i++)
        {
            var weight = Weight(servers[i]);
            if (point < weight)
            {
                return i;
            }

            point -= weight;
        }
    }

    private static ulong Weight(SelectableServer server) => Math.Max(1, (server.TotalBytes - server.UsedBytes) / ChunkBytes / (1 + (ulong)server.Writes));

    private static ulong Next(ref ulong seed)
    {
        // splitmix64: any seed is good, and its low bits too.
        seed += 0x9E37_79B9_7F4A_7C15;
        var z = seed;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}

using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Gives every label expression of a class a chunkserver of its own, as many as can be (bipartite matching, Kuhn's algorithm); pure. Chunkservers are taken in
/// the order in which they are given: one that is matched stays matched, so that of all largest choices the first servers win.
/// </summary>
public static class LabelMatching
{
    /// <summary>Which servers are chosen, by their place in the order.</summary>
    /// <param name="wanted">What the copies should be.</param>
    /// <param name="servers">Servers in order of preference.</param>
    public static bool[] Match(WantedCopies wanted, IReadOnlyList<CareServer> servers)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(servers);
        var chosen = new bool[servers.Count];
        var serverOfLabel = new int[wanted.Count];
        Array.Fill(serverOfLabel, -1);
        var taken = new HashSet<ulong>();
        var left = wanted.Count;
        for (var i = 0; i < servers.Count && left > 0; i++)
        {
            var group = wanted.GroupOf(servers[i].Id, servers[i].Address, servers[i].Labels);
            if (!taken.Contains(group) && Place(i, wanted, servers, serverOfLabel, new bool[wanted.Count]))
            {
                taken.Add(group);
                chosen[i] = true;
                left--;
            }
        }

        return chosen;
    }

    private static bool Place(int server, WantedCopies wanted, IReadOnlyList<CareServer> servers, int[] serverOfLabel, bool[] visited)
    {
        for (var label = 0; label < serverOfLabel.Length; label++)
        {
            if (visited[label] || !LabelExpression.Matches(wanted.Labels[label], servers[server].Labels))
            {
                continue;
            }

            visited[label] = true;
            if (serverOfLabel[label] < 0 || Place(serverOfLabel[label], wanted, servers, serverOfLabel, visited))
            {
                serverOfLabel[label] = server;
                return true;
            }
        }

        return false;
    }
}

using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Node.Commands;

/// <summary>Tells how far the joining of a node has come, until it is a member of all groups. Ending it ends nothing but the telling.</summary>
internal sealed class FormationWait(FormationPlan plan, uint node, TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Returns when the node is a member.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        string said = "";
        while (true)
        {
            string now;
            try
            {
                ClusterStatus status = await plan.StatusAsync(cancellation).ConfigureAwait(false);
                now = Describe(status);
                if (status.Nodes.FirstOrDefault(n => n.Id == node) is { Membership: Membership.Active })
                {
                    await output.WriteLineAsync($"node {node} is a member of all {status.Groups.Count} groups and has caught up").ConfigureAwait(false);
                    return;
                }
            }
            catch (FormationException e)
            {
                now = e.Message;
            }

            if (now != said)
            {
                said = now;
                await output.WriteLineAsync(now).ConfigureAwait(false);
            }

            await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }
    }

    private string Describe(ClusterStatus status)
    {
        if (status.Nodes.All(n => n.Id != node || n.Membership == Membership.Unspecified))
        {
            return $"node {node} waits until the cluster knows it";
        }

        GroupStatus[] joined = [.. status.Groups.Where(g => g.Replicas.Any(r => r.Node == node))];
        ulong behind = joined.Aggregate(0UL, (sum, g) => sum + (g.Committed - Math.Min(g.Committed, g.Replicas.First(r => r.Node == node).Applied)));
        return string.Create(CultureInfo.InvariantCulture, $"node {node} is a member of {joined.Length} of {status.Groups.Count} groups, {behind} entries behind");
    }
}

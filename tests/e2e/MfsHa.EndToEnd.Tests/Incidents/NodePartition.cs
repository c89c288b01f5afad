using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>Some nodes do not reach the others; clients, chunkservers and administrators still reach all of them.</summary>
internal sealed class NodePartition : IAsyncDisposable
{
    private readonly (MfsHaNode From, MfsHaNode To)[] links;
    private bool isHealed;

    private NodePartition((MfsHaNode From, MfsHaNode To)[] links) => this.links = links;

    /// <summary>Cuts all links between one node and the others; packets disappear without a word.</summary>
    public static async Task<NodePartition> BeginAsync(MfsHaNode one, IEnumerable<MfsHaNode> others, CancellationToken cancellation)
    {
        var partition = new NodePartition([.. others.SelectMany(other => ((MfsHaNode, MfsHaNode)[])[(one, other), (other, one)])]);
        await partition.RouteAsync("add", cancellation);
        return partition;
    }

    /// <summary>All nodes reach each other again.</summary>
    public async Task HealAsync(CancellationToken cancellation)
    {
        isHealed = true;
        await RouteAsync("del", cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!isHealed)
        {
            await HealAsync(CancellationToken.None);
        }
    }

    private async Task RouteAsync(string action, CancellationToken cancellation)
    {
        foreach (var (from, to) in links)
        {
            await Command.RunAsync(["ip", "-n", from.Host.Namespace.Name, "route", action, "blackhole", $"{to.Host.Address}/32"], cancellation);
        }
    }
}

using System.Net;
using MfsHa.Playground.Processes;

namespace MfsHa.EndToEnd.Tests.Failover;

/// <summary>An address that is at one host at a time, as keepalived or a load balancer would move it.</summary>
internal sealed class ServiceAddress(Network network)
{
    private Host? holder;

    public IPAddress Address { get; } = new([10, 99, 0, 252]);

    /// <summary>Takes the address from the host that has it, unless that host is cut off and does not hear of it, and gives it to another one.</summary>
    public async Task MoveAsync(Host host, bool formerHears, CancellationToken cancellation)
    {
        if (holder is { } former && formerHears)
        {
            await ChangeAsync(former, "del", cancellation);
        }
        await ChangeAsync(host, "add", cancellation);
        holder = host;
        // What the new holder's gratuitous ARP does to the neighbours.
        foreach (var neighbour in network.Hosts)
        {
            await Command.TryRunAsync(["ip", "-n", neighbour.Namespace.Name, "neigh", "del", $"{Address}", "dev", "eth0"], cancellation: cancellation);
        }
    }

    /// <summary>A host that was cut off gives up the address that another one has now.</summary>
    public Task ForgetAsync(Host former, CancellationToken cancellation) => ChangeAsync(former, "del", cancellation);

    private Task<string> ChangeAsync(Host host, string verb, CancellationToken cancellation)
        => Command.RunAsync(["ip", "-n", host.Namespace.Name, "addr", verb, $"{Address}/24", "dev", "eth0"], cancellation);
}

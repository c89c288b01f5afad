using System.Net;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.Networking;

/// <summary>
/// A network of its own: hosts (namespaces) on a bridge that lives in one more namespace. Nothing appears in the namespace of
/// this process, so networks may all use the same addresses and never meet.
/// </summary>
public sealed class Network
{
    private const int MaximumHosts = 250;
    internal const string Bridge = "br0";

    private readonly string prefix;
    private readonly NetworkNamespace hub;
    private readonly List<Host> hosts = [];

    private Network(string prefix)
    {
        this.prefix = prefix;
        hub = new NetworkNamespace($"{prefix}-hub");
    }

    public IReadOnlyList<Host> Hosts => hosts;

    /// <summary>Makes an empty network; the names of all its namespaces start with <paramref name="prefix"/>.</summary>
    public static async Task<Network> CreateAsync(string prefix, CancellationToken cancellation)
    {
        var network = new Network(prefix);
        await Command.RunAsync(["ip", "netns", "add", network.hub.Name], cancellation).ConfigureAwait(false);
        await ConfigureAsync(network.hub, $"link add {Bridge} type bridge\nlink set {Bridge} up\n", cancellation).ConfigureAwait(false);
        return network;
    }

    /// <summary>Adds a host under a name that is unique in this network; its address is the next free one of 10.99.0.0/24.</summary>
    public async Task<Host> AddHostAsync(string name, CancellationToken cancellation = default)
    {
        var number = hosts.Count + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, MaximumHosts);
        var address = new IPAddress([10, 99, 0, (byte)number]);
        var own = new NetworkNamespace($"{prefix}-{name}");
        var host = new Host(name, address, own, hub, $"p{number}");
        await Command.RunAsync(["ip", "netns", "add", own.Name], cancellation).ConfigureAwait(false);
        hosts.Add(host);
        await ConfigureAsync(
            hub,
            $"link add p{number} type veth peer name eth0 netns {own.Name}\nlink set p{number} master {Bridge} up\n",
            cancellation).ConfigureAwait(false);
        await ConfigureAsync(own, $"addr add {address}/24 dev eth0\nlink set eth0 up\nlink set lo up\n", cancellation).ConfigureAwait(false);
        return host;
    }

    /// <summary>Deletes every namespace; interfaces and bridge go with them. What runs inside is killed.</summary>
    public async Task DeleteAsync()
    {
        foreach (var part in hosts.Select(static host => host.Namespace).Append(hub))
        {
            await part.DeleteAsync().ConfigureAwait(false);
        }
        hosts.Clear();
    }

    private static Task<string> ConfigureAsync(NetworkNamespace where, string batch, CancellationToken cancellation)
        => Command.RunAsync(["ip", "-n", where.Name, "-batch", "-"], batch, cancellation);
}

using System.Net;
using System.Net.Sockets;
using MfsHa.Playground.Processes;

namespace MfsHa.Playground.Networking;

/// <summary>One machine of the test network: a namespace with one address, on the bridge of its <see cref="Network"/>.</summary>
public sealed class Host
{
    private readonly NetworkNamespace hub;
    private readonly string port;

    internal Host(string name, IPAddress address, NetworkNamespace own, NetworkNamespace hub, string port)
    {
        Name = name;
        Address = address;
        Namespace = own;
        this.hub = hub;
        this.port = port;
    }

    public string Name { get; }

    public IPAddress Address { get; }

    public NetworkNamespace Namespace { get; }

    /// <summary>From now on every frame from and to this host is dropped without a trace, as by a switch that lost its power.</summary>
    public Task CutOffAsync(CancellationToken cancellation = default) => SetPortAsync(["nomaster"], cancellation);

    /// <summary>Ends <see cref="CutOffAsync"/>.</summary>
    public Task ReconnectAsync(CancellationToken cancellation = default) => SetPortAsync(["master", Network.Bridge], cancellation);

    /// <summary>Opens a TCP connection from this host.</summary>
    public async Task<Socket> ConnectAsync(IPEndPoint target, CancellationToken cancellation = default)
    {
        var socket = await Namespace.CreateSocketAsync().ConfigureAwait(false);
        try
        {
            await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A client whose connections all start from this host.</summary>
    public HttpClient CreateHttpClient(TimeSpan timeout) => new(CreateHttpHandler(timeout), disposeHandler: true) { Timeout = timeout };

    /// <summary>For clients whose connections all start from this host.</summary>
    public SocketsHttpHandler CreateHttpHandler(TimeSpan connectTimeout)
        => new()
        {
            UseProxy = false,
            ConnectTimeout = connectTimeout,
            ConnectCallback = async (context, cancellation) =>
            {
                var target = new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port);
                return new NetworkStream(await ConnectAsync(target, cancellation).ConfigureAwait(false), ownsSocket: true);
            },
        };

    /// <summary>The command line that runs <paramref name="command"/> on this host.</summary>
    public string[] CommandLine(params IEnumerable<string> command)
        => ["nsenter", $"--net={Namespace.Path}", "--", .. command];

    // A port that is taken off its bridge keeps its carrier: the host cannot see that it was cut off.
    private Task<string> SetPortAsync(string[] bridge, CancellationToken cancellation)
        => Command.RunAsync(["ip", "-n", hub.Name, "link", "set", port, .. bridge], cancellation);
}

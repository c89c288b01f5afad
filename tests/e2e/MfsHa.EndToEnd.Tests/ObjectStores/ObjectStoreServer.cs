using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace MfsHa.EndToEnd.Tests.ObjectStores;

/// <summary>A real S3 server on this machine (tests/e2e/s3), where pods reach it; it checks signatures. Its objects go with it.</summary>
internal sealed class ObjectStoreServer : IAsyncDisposable
{
    /// <summary>The bucket that it has.</summary>
    public const string Bucket = "backups";

    /// <summary>Key id, and secret.</summary>
    public const string Key = "S3RVER";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("mfsha-s3-").FullName;
    private ManagedProcess? _process;

    /// <summary>Its URL.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Variables with which mfsha-admin talks to it.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["MFSHA_S3_ENDPOINT"] = Endpoint, ["AWS_ACCESS_KEY_ID"] = Key, ["AWS_SECRET_ACCESS_KEY"] = Key };

    /// <summary>Starts it at the address by which this machine talks to another one.</summary>
    public static async Task<ObjectStoreServer> StartAsync(string peer)
    {
        var server = new ObjectStoreServer();
        string source = Path.GetFullPath("../../s3", Path.GetDirectoryName(Here())!);
        _ = await Command.RunAsync([Path.Combine(source, "install.sh")], TestContext.Current.CancellationToken);
        (IPAddress own, int port) = Place(IPAddress.Parse(peer));
        server.Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://{own}:{port}");
        server._process = ManagedProcess.Start(
            "s3", Path.Combine(server._folder, "s3.log"),
            ["node", Path.Combine(source, "server.js"), own.ToString(), port.ToString(CultureInfo.InvariantCulture), Directory.CreateDirectory(Path.Combine(server._folder, "objects")).FullName]);
        await Deadline.WaitAsync("the S3 server listens", _limit, () =>
        {
            server._process.ThrowIfExited();
            return server._process.LogTail().Contains("listening at", StringComparison.Ordinal);
        }, TestContext.Current.CancellationToken);
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // The kernel says by which of our addresses it would talk to the other one; nothing is sent.
    private static (IPAddress Own, int Port) Place(IPAddress peer)
    {
        using var way = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        way.Connect(peer, 9);
        IPAddress own = ((IPEndPoint)way.LocalEndPoint!).Address;
        using var listener = new TcpListener(own, 0);
        listener.Start();
        return (own, ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}

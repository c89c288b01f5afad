using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MfsHa.Gateway.Tests.Manual;

/// <summary>A running mfschunkserver with an empty disk. Needs root: it refuses masters at 127.0.0.0/8, so the loopback interface gets another address.</summary>
internal sealed class RealChunkServer : IAsyncDisposable
{
    /// <summary>Address that the loopback interface gets, another one in every test process.</summary>
    public static readonly IPAddress Address = new([10, 241, (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]);

    private readonly Process process;
    private readonly string directory;

    private RealChunkServer(Process process, string directory)
    {
        this.process = process;
        this.directory = directory;
    }

    /// <summary>mfschunkserver of MooseFS 3.0.117 and 4.56.6.</summary>
    public static string[] Programs =>
    [
        "/usr/sbin/mfschunkserver",
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "mfsha", "moosefs-4", "usr", "sbin", "mfschunkserver"),
    ];

    public string Data => Path.Combine(directory, "data");

    /// <summary>Gives the loopback interface the address until the returned object is disposed.</summary>
    public static IDisposable TakeAddress()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root");
        RunIp("add");
        return new AddressLease();
    }

    public static RealChunkServer Start(string program, IPEndPoint master, string? data = null, string? authCode = null)
    {
        Assert.SkipUnless(File.Exists(program), $"needs {program}");
        var directory = data is null ? Directory.CreateTempSubdirectory("mfsha-gateway-cs-").FullName : Path.GetDirectoryName(data)!;
        Directory.CreateDirectory(Path.Combine(directory, "data"));
        Directory.CreateDirectory(Path.Combine(directory, "disk"));
        File.WriteAllText(Path.Combine(directory, "hdd.cfg"), $"{directory}/disk\n");
        File.WriteAllText(
            Path.Combine(directory, "cs.cfg"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                WORKING_USER = root
                WORKING_GROUP = root
                DATA_PATH = {directory}/data
                HDD_CONF_FILENAME = {directory}/hdd.cfg
                MASTER_HOST = {master.Address}
                MASTER_PORT = {master.Port}
                CSSERV_LISTEN_HOST = {Address}
                CSSERV_LISTEN_PORT = {FreePort()}
                LABELS = A C
                MASTER_RECONNECTION_DELAY = 1
                {(authCode is null ? "" : $"AUTH_CODE = {authCode}")}

                """));
        var process = Process.Start(new ProcessStartInfo(program, ["-f", "-c", Path.Combine(directory, "cs.cfg"), "start"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new RealChunkServer(process, directory);
    }

    /// <summary>Ends the program as an administrator does; its files stay.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await StopAsync();
        }

        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void RunIp(string verb)
    {
        using var ip = Process.Start("ip", ["address", verb, $"{Address}/32", "dev", "lo"]);
        ip.WaitForExit();
    }

    private sealed class AddressLease : IDisposable
    {
        public void Dispose() => RunIp("del");
    }
}

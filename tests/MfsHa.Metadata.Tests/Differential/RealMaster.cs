using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>
/// An mfsmaster 4.x of MooseFS on the loopback, without chunkservers, on an empty file system. Sessions differ by the address that they come from
/// (<see cref="Exports"/>). Removed with everything it wrote when disposed.
/// </summary>
internal sealed class RealMaster : IAsyncDisposable
{
    /// <summary>Where it is looked for, beside the user's cache (see the script that unpacks it).</summary>
    public const string Variable = "MFSHA_MFSMASTER4";

    public const string Exports = """
        127.0.0.1 / rw,alldirs,admin,maproot=0:0
        127.0.0.2 / rw,alldirs,ignoregid,maproot=0:0
        127.0.0.3 / rw,alldirs,mapall=10:20,maproot=0:0
        127.0.0.4 / ro,alldirs,maproot=0:0
        127.0.0.5 / rw,alldirs,maproot=0:0,umask=0022
        127.0.0.6 . rw
        """;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private readonly string directory;
    private readonly Process process;
    private readonly StringBuilder output = new();

    private RealMaster(string binary)
    {
        directory = Directory.CreateTempSubdirectory("mfsha-master-").FullName;
        Port = FreePort();
        File.WriteAllText(Path.Combine(directory, "metadata.mfs"), "MFSM NEW");
        File.WriteAllText(Path.Combine(directory, "mfsexports.cfg"), Exports);
        var configuration = Path.Combine(directory, "mfsmaster.cfg");
        File.WriteAllText(configuration, $"""
            WORKING_USER = root
            WORKING_GROUP = root
            DATA_PATH = {directory}
            EXPORTS_FILENAME = {directory}/mfsexports.cfg
            SYSLOG_IDENT = mfsha-test
            LIMIT_GLIBC_MALLOC_ARENAS = 0
            DISABLE_OOM_KILLER = 0
            MATOCL_LISTEN_HOST = 127.0.0.1
            MATOCL_LISTEN_PORT = {Port}
            MATOCS_LISTEN_HOST = 127.0.0.1
            MATOCS_LISTEN_PORT = {FreePort()}
            MATOML_LISTEN_HOST = 127.0.0.1
            MATOML_LISTEN_PORT = {FreePort()}
            """);
        process = new Process
        {
            StartInfo = new ProcessStartInfo(binary, ["-f", "-n", "-c", configuration, "start"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>The program, or null where it is not installed.</summary>
    public static string? Find()
    {
        var candidates = new[]
        {
            Environment.GetEnvironmentVariable(Variable),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/mfsha/moosefs-4/usr/sbin/mfsmaster"),
        };
        return Array.Find(candidates, File.Exists);
    }

    public static async Task<RealMaster> StartAsync(string binary, CancellationToken cancellation)
    {
        var master = new RealMaster(binary);
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, master.Port, cancellation);
                return master;
            }
            catch (SocketException) when (!master.process.HasExited && Stopwatch.GetElapsedTime(begin) < StartDeadline)
            {
                await Task.Delay(50, cancellation);
            }
            catch (SocketException e)
            {
                await master.DisposeAsync();
                throw new InvalidOperationException($"{binary} does not listen: {master.output}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Note(object sender, DataReceivedEventArgs e)
    {
        lock (output)
        {
            output.AppendLine(CultureInfo.InvariantCulture, $"{e.Data}");
        }
    }
}

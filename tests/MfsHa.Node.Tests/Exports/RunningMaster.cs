using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MfsHa.Node.Tests.Exports;

/// <summary>A real mfsmaster with a file of exports, on loopback, in a directory of its own.</summary>
internal sealed class RunningMaster : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly string _directory;
    private readonly int _port;

    private RunningMaster(Process process, string directory, int port) => (_process, _directory, _port) = (process, directory, port);

    /// <summary>The program to compare with: 4.x where it is unpacked, else what is installed; null when there is none.</summary>
    public static string? Program { get; } = new[]
    {
        Environment.GetEnvironmentVariable("MFSHA_TEST_MFSMASTER"),
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/mfsha/moosefs-4/usr/sbin/mfsmaster"),
        "/usr/sbin/mfsmaster",
    }.FirstOrDefault(File.Exists);

    public static async Task<RunningMaster> StartAsync(string exports, CancellationToken cancellation)
    {
        string directory = Directory.CreateTempSubdirectory("mfsha-node-master").FullName;
        int[] ports = FreePorts(3);
        await File.WriteAllTextAsync(Path.Combine(directory, "exports.cfg"), exports, Encoding.Latin1, cancellation);
        await File.WriteAllTextAsync(Path.Combine(directory, "metadata.mfs"), "MFSM NEW", Encoding.ASCII, cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(directory, "master.cfg"),
            $"""
            WORKING_USER = {Environment.UserName}
            DATA_PATH = {directory}
            EXPORTS_FILENAME = {directory}/exports.cfg
            NICE_LEVEL = 0
            MATOML_LISTEN_HOST = 127.0.0.1
            MATOCS_LISTEN_HOST = 127.0.0.1
            MATOCL_LISTEN_HOST = 127.0.0.1
            MATOML_LISTEN_PORT = {ports[0]}
            MATOCS_LISTEN_PORT = {ports[1]}
            MATOCL_LISTEN_PORT = {ports[2]}

            """,
            cancellation);
        var start = new ProcessStartInfo(Program!, ["-f", "-c", Path.Combine(directory, "master.cfg"), "start"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        var output = new StringBuilder();
        process.ErrorDataReceived += (_, line) => { lock (output) { output.AppendLine(line.Data); } };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var master = new RunningMaster(process, directory, ports[2]);
        long deadline = Environment.TickCount64 + (long)_startLimit.TotalMilliseconds;
        while (true)
        {
            try
            {
                (await master.ConnectAsync("127.0.0.1", cancellation)).Dispose();
                return master;
            }
            catch (SocketException) when (Environment.TickCount64 < deadline && !process.HasExited)
            {
                await Task.Delay(50, cancellation);
            }
            catch (SocketException)
            {
                await master.DisposeAsync();
                throw new InvalidOperationException("mfsmaster did not start: " + output);
            }
        }
    }

    /// <summary>EXPORTS_INFO (520), the answer's bytes.</summary>
    public async Task<byte[]> ExportsInfoAsync(CancellationToken cancellation)
    {
        using Socket socket = await ConnectAsync("127.0.0.1", cancellation);
        return await AskAsync(socket, 520, [3], cancellation);
    }

    /// <summary>NEWSESSION as mfsmount 3.0.117 sends it, or NEWMETASESSION; the answer's bytes.</summary>
    public async Task<byte[]> NewSessionAsync(string from, string? path, byte[]? passwordDigest, CancellationToken cancellation)
    {
        const string blob = "DjI1GAQDULI5d2YjA26ypc3ovkhjvhciTQVx3CS4nYgtBoUcsljiVpsErJENHaw0";
        using Socket socket = await ConnectAsync(from, cancellation);
        byte[] response = [];
        if (passwordDigest is not null)
        {
            byte[] challenge = await AskAsync(socket, 400, [.. Encoding.ASCII.GetBytes(blob), 1], cancellation);
            response = new byte[16];
            Node.Exports.PasswordChallenge.Compute(challenge, passwordDigest, response);
        }

        var request = new List<byte>(Encoding.ASCII.GetBytes(blob)) { (byte)(path is null ? 5 : 2), 0, 3, 0, 0xEA };
        AddString(request, "/mnt");
        if (path is not null)
        {
            AddString(request, path);
        }

        request.AddRange(response);
        return await AskAsync(socket, 400, [.. request], cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static void AddString(List<byte> request, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text + '\0');
        request.AddRange([0, 0, 0, (byte)bytes.Length]);
        request.AddRange(bytes);
    }

    private async Task<Socket> ConnectAsync(string from, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, _port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> AskAsync(Socket socket, uint type, byte[] data, CancellationToken cancellation)
    {
        using var stream = new NetworkStream(socket);
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header, type);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), data.Length);
        await stream.WriteAsync((byte[])[.. header, .. data], cancellation);
        while (true)
        {
            await stream.ReadExactlyAsync(header, cancellation);
            byte[] answer = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4))];
            await stream.ReadExactlyAsync(answer, cancellation);
            if (BinaryPrimitives.ReadUInt32BigEndian(header) != 0)
            {
                return answer;
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}

using System.Net;
using System.Net.Sockets;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Tests.Support;

/// <summary>A peer that accepts, reads prefaces, echoes pings if told to, and leaves the rest to the test.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly bool _echo;
    private readonly Func<NetworkStream, CancellationToken, Task> _rpc;

    public FakePeer(bool echo, Func<NetworkStream, CancellationToken, Task>? rpc = null)
    {
        _echo = echo;
        _rpc = rpc ?? ((_, stop) => Task.Delay(Timeout.Infinite, stop));
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Accepted { get; private set; }

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Accepted++;
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            _listener.Dispose();
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (await Preface.ReadAsync(stream, _stop.Token) is not { } preface)
                return;
            if (preface.Kind == LinkKind.Rpc)
                await _rpc(stream, _stop.Token);
            else if (_echo && preface.Kind == LinkKind.Monitor)
                await stream.CopyToAsync(stream, _stop.Token);
            else
                await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            socket.Close(0);
        }
    }
}

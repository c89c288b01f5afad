using System.Net;
using System.Net.Sockets;

namespace MfsHa.NodeLink.Tests.Support;

/// <summary>Stands between two nodes; can go silent (as a stopped process or a cut cable), reset connections and refuse new ones.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly int _targetPort;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private Socket? _listener;
    private TaskCompletionSource _open = Opened();

    public TcpRelay(int targetPort)
    {
        _targetPort = targetPort;
        Listen(0);
    }

    public int Port { get; private set; }

    public int Accepted { get; private set; }

    /// <summary>Nothing passes any more, nothing is closed.</summary>
    public void Silence()
    {
        lock (_lock)
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Everything passes again.</summary>
    public void Resume()
    {
        lock (_lock)
            _open.TrySetResult();
    }

    /// <summary>Resets all connections.</summary>
    public void Reset()
    {
        Socket[] sockets;
        lock (_lock)
        {
            sockets = [.. _sockets];
            _sockets.Clear();
        }

        foreach (var socket in sockets)
            socket.Close(0);
    }

    /// <summary>Refuses new connections and resets the others.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        Reset();
    }

    /// <summary>Takes connections again at the same port.</summary>
    public void Reopen() => Listen(Port);

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        Refuse();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private void Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var from = await listener.AcceptAsync(_stop.Token);
                Accepted++;
                var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                from.NoDelay = true;
                lock (_lock)
                    _sockets.AddRange([from, to]);
                _ = ConnectAsync(from, to);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            listener.Dispose();
        }
    }

    private async Task ConnectAsync(Socket from, Socket to)
    {
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _targetPort, _stop.Token);
            await Task.WhenAny(PumpAsync(from, to), PumpAsync(to, from));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end of a relayed connection, passed on below.
        }

        from.Close(0);
        to.Close(0);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[65536];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            Task open;
            lock (_lock)
                open = _open.Task;
            await open.WaitAsync(_stop.Token);
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
        }
    }
}

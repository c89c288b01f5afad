using System.Net;
using System.Net.Sockets;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>Stands before a node and changes one byte of what it answers: in the first run of a given byte that passes.</summary>
internal sealed class FlippingRelay : IAsyncDisposable
{
    private const int Run = 64;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly byte[] _pattern;
    private readonly Task _accepting;
    private int _flipped;

    /// <summary>For the node that listens at a port of loopback.</summary>
    public FlippingRelay(int target, char pattern)
    {
        _target = target;
        _pattern = [.. Enumerable.Repeat((byte)pattern, Run)];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>A byte was changed.</summary>
    public bool HasFlipped => Volatile.Read(ref _flipped) != 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> relayed = [];
        try
        {
            while (true)
            {
                relayed.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        finally
        {
            await Task.WhenAll(relayed);
        }
    }

    private async Task RelayAsync(Socket from)
    {
        using var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (from)
        {
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAny(PumpAsync(from, to, static _ => { }), PumpAsync(to, from, Flip));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The end of a relayed connection.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action<Memory<byte>> change)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            change(buffer.AsMemory(0, count));
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }
    }

    private void Flip(Memory<byte> bytes)
    {
        if (bytes.Span.IndexOf(_pattern) is >= 0 and var at && Interlocked.Exchange(ref _flipped, 1) == 0)
        {
            bytes.Span[at] ^= 1;
        }
    }
}

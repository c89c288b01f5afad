using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MfsHa.Security;
using Microsoft.Extensions.Logging;

namespace MfsHa.NodeLink.Transport;

/// <summary>Accepts the connections of port 9430, reads their preface within its deadline and hands them to what their kind is for.</summary>
internal sealed class LinkListener(NodeLinkOptions options, ILinkSecurity security, TimeProvider time, ILogger logger, Action<LinkConnection> accepted) : IAsyncDisposable
{
    private const int ListenBacklog = 512;
    private static readonly TimeSpan AcceptErrorPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<LinkConnection> _open = [];
    private readonly Dictionary<IPAddress, int> _strangers = [];
    private int _count;
    private Task _acceptLoop = Task.CompletedTask;

    /// <summary>Where it listens, with the port that the system chose.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Start()
    {
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(options.Listen);
        _socket.Listen(ListenBacklog);
        _acceptLoop = AcceptLoopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _acceptLoop.ConfigureAwait(false);
        LinkConnection[] open;
        lock (_lock)
            open = [.. _open];
        foreach (var connection in open)
            connection.Abort();
        _stopping.Dispose();
    }

    private async Task AcceptLoopAsync()
    {
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(stopping).ConfigureAwait(false);
                if (Interlocked.Increment(ref _count) > options.MaxConnections)
                {
                    NodeLinkLog.TooManyConnections(logger, socket.RemoteEndPoint, options.MaxConnections);
                    Interlocked.Decrement(ref _count);
                    socket.Close(timeout: 0);
                    continue;
                }

                _ = GreetAsync(socket, stopping);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (stopping.IsCancellationRequested)
                    return;
                // Most likely out of file descriptors: pause instead of spinning on the same error.
                NodeLinkLog.AcceptFailed(logger, e);
                await Task.Delay(AcceptErrorPause, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task GreetAsync(Socket socket, CancellationToken stopping)
    {
        LinkConnection? connection = null;
        EndPoint? remote = null;
        var isCounted = false;
        try
        {
            remote = socket.RemoteEndPoint;
            isCounted = TryCount(remote);
            if (!isCounted)
            {
                NodeLinkLog.TooManyStrangers(logger, remote, options.MaxStrangersPerAddress);
                Refuse(socket);
                return;
            }

            socket.NoDelay = true;
            using var deadline = new CancellationTokenSource(options.PrefaceTimeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
            var stream = await security.AcceptAsync(new NetworkStream(socket, ownsSocket: true), linked.Token).ConfigureAwait(false);
            if (await Preface.ReadAsync(stream, linked.Token).ConfigureAwait(false) is not { } preface)
            {
                NodeLinkLog.Probed(logger, remote);
                Refuse(socket);
                return;
            }

            await CheckTokenAsync(preface, stream, linked.Token).ConfigureAwait(false);
            if (preface.Receiver != options.Self)
                throw new InvalidDataException($"node {preface.Sender} looks for node {preface.Receiver} here");
            await CheckFormatsAsync(preface, stream, linked.Token).ConfigureAwait(false);
            connection = new LinkConnection(socket, stream, preface with { Token = null }, OnEnded);
            lock (_lock)
                _open.Add(connection);
            stopping.ThrowIfCancellationRequested();
            accepted(connection);
        }
        catch (Exception e)
        {
            // The edge: whatever a stranger sends or does ends this connection and nothing else.
            if (e is LinkRefusedException { Refusal: LinkRefusal.TlsWanted } refused)
                TellPlainly(socket, refused.Refusal);
            if (!stopping.IsCancellationRequested)
                NodeLinkLog.PrefaceRefused(logger, remote, ReasonOf(e));
            if (connection is not null)
                connection.Abort();
            else
                Refuse(socket);
        }
        finally
        {
            if (isCounted)
                Uncount(remote);
        }
    }

    private static string ReasonOf(Exception e) => e switch
    {
        OperationCanceledException => "no preface in time",
        EndOfStreamException => "it ended inside its preface",
        _ => TlsFailure.ReasonOf(e),
    };

    /// <summary>Throws when the token is not the right one, after it has told whoever connects to see whether this node lives.</summary>
    private async ValueTask CheckTokenAsync(Preface preface, Stream stream, CancellationToken cancellation)
    {
        if (security.Token.Judge(Encoding.Latin1.GetBytes(preface.Token ?? "")) is not { } refusal)
            return;
        var told = refusal == TokenRefusal.Missing ? LinkRefusal.TokenMissing : LinkRefusal.TokenWrong;
        if (preface.Kind == LinkKind.Monitor)
            await stream.WriteAsync(BytesOf(told), cancellation).ConfigureAwait(false);
        throw new LinkRefusedException(told, refusal == TokenRefusal.Missing
            ? $"it says that it is node {preface.Sender} and shows no token (MFSHA_AUTH_TOKEN)"
            : $"it says that it is node {preface.Sender} and shows another token than this node's (MFSHA_AUTH_TOKEN)");
    }

    /// <summary>Throws when the other node could not read what this one sends it, after it has told it so.</summary>
    private async ValueTask CheckFormatsAsync(Preface preface, Stream stream, CancellationToken cancellation)
    {
        var level = options.Formats.Level;
        if (preface.Formats.Reads(level))
            return;
        if (preface.Kind == LinkKind.Monitor)
            await stream.WriteAsync(FormatRefusal.ToBytes(level, options.Formats.Release), cancellation).ConfigureAwait(false);
        throw new LinkRefusedException(LinkRefusal.FormatLevel, $"node {preface.Sender} reads {preface.Formats}, and this cluster writes level {level}");
    }

    private static byte[] BytesOf(LinkRefusal refusal)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)refusal);
        return bytes;
    }

    /// <summary>Its buffer is empty, so that a few bytes never wait.</summary>
    private static void TellPlainly(Socket socket, LinkRefusal refusal)
    {
        try
        {
            socket.Send(BytesOf(refusal));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has gone already.
            return;
        }
    }

    /// <summary>False when the address has too many connections that have not said yet who they are.</summary>
    private bool TryCount(EndPoint? remote)
    {
        var address = AddressOf(remote);
        lock (_lock)
        {
            var count = _strangers.GetValueOrDefault(address);
            if (count >= options.MaxStrangersPerAddress)
                return false;
            _strangers[address] = count + 1;
            return true;
        }
    }

    private void Uncount(EndPoint? remote)
    {
        var address = AddressOf(remote);
        lock (_lock)
        {
            if (_strangers[address] == 1)
                _strangers.Remove(address);
            else
                _strangers[address]--;
        }
    }

    private static IPAddress AddressOf(EndPoint? remote) => (remote as IPEndPoint)?.Address ?? IPAddress.None;

    private void Refuse(Socket socket)
    {
        socket.Close(timeout: 0);
        Interlocked.Decrement(ref _count);
    }

    private void OnEnded(LinkConnection connection)
    {
        Interlocked.Decrement(ref _count);
        lock (_lock)
            _open.Remove(connection);
    }
}

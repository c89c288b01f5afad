using System.Net;
using System.Net.Sockets;

namespace MfsHa.NodeLink.Transport;

/// <summary>One connection between two nodes after its preface. Ends by <see cref="Abort"/> only; that may be called at any time from any thread.</summary>
internal sealed class LinkConnection(Socket socket, Stream stream, Preface preface, Action<LinkConnection>? ended = null)
{
    private const int Open = 0;
    private const int Ended = 1;
    private int _state = Open;

    /// <summary>What flows after the preface.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>The preface that was read or sent.</summary>
    public Preface Preface { get; } = preface;

    /// <summary>Address of this side.</summary>
    public EndPoint? Local { get; } = socket.LocalEndPoint;

    /// <summary>Address of the other side.</summary>
    public EndPoint? Remote { get; } = socket.RemoteEndPoint;

    /// <summary>Closes the socket at once; pending reads and writes fail, the peer gets a reset for what it did not read.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _state, Ended) == Ended)
            return;
        // Closing with time 0 sends a reset instead of waiting for a peer that may be stopped.
        socket.Close(timeout: 0);
        Stream.Dispose();
        ended?.Invoke(this);
    }
}

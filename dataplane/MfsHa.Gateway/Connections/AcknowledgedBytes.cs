using System.Net.Sockets;

namespace MfsHa.Gateway.Connections;

/// <summary>How much of what was written to a connection its peer has acknowledged (Linux: TCP_INFO, tcpi_bytes_acked).</summary>
internal static class AcknowledgedBytes
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int BytesAcknowledged = 120;

    /// <summary>Bytes since the connection began; 0 when that cannot be told.</summary>
    public static long Of(Socket? socket)
    {
        if (socket is null)
        {
            return 0;
        }

        Span<byte> info = stackalloc byte[256];
        try
        {
            var length = socket.GetRawSocketOption(TcpLevel, TcpInfo, info);
            return length < BytesAcknowledged + sizeof(ulong)
                ? 0
                : (long)Math.Min(BitConverter.ToUInt64(info[BytesAcknowledged..]), long.MaxValue);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}

namespace MfsHa.Protocol.Framing;

/// <summary>
/// A peer sent bytes that are no valid packet. The connection that carried them is beyond repair and must be closed
/// (stock masters do the same, `mfsmaster/matoclserv.c: matoclserv_gotpacket`).
/// </summary>
public sealed class MalformedPacketException : Exception
{
    public MalformedPacketException()
        : this("a packet", "something else", 0)
    {
    }

    public MalformedPacketException(string message)
        : base(message)
    {
        Expected = string.Empty;
        Found = string.Empty;
    }

    public MalformedPacketException(string message, Exception innerException)
        : base(message, innerException)
    {
        Expected = string.Empty;
        Found = string.Empty;
    }

    /// <param name="expected">What the format asks for.</param>
    /// <param name="found">What was there instead.</param>
    /// <param name="offset">Bytes from the start of the payload.</param>
    public MalformedPacketException(string expected, string found, int offset)
        : base($"malformed packet: expected {expected}, found {found} at offset {offset}")
    {
        Expected = expected;
        Found = found;
        Offset = offset;
    }

    public string Expected { get; }

    public string Found { get; }

    /// <summary>Bytes from the start of the payload.</summary>
    public int Offset { get; }
}

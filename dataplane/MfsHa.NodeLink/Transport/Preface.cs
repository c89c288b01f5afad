using System.Buffers.Binary;
using System.Text;
using MfsHa.NodeLink.Formats;
using MfsHa.Security;

namespace MfsHa.NodeLink.Transport;

/// <summary>
/// The first bytes of every connection between nodes. Big-endian:
/// magic 'M' 'H', format version u8, kind u8, length of the rest u16, then channel u16, sender u16, receiver u16, receiver's incarnation u32, where there is a token or what follows it, the length of
/// the token u16 (0 for none) and the token, and, unless it is only the first one, the lowest and the highest format level that the sender reads, u8 each.
/// A receiver ignores what follows the fields it knows, so that the rest can grow.
/// </summary>
/// <param name="Kind">What the connection is for.</param>
/// <param name="Channel">The Raft group; 0 for other kinds.</param>
/// <param name="Sender">The node that opened the connection.</param>
/// <param name="Receiver">The node that it means to reach. A name may resolve to the former address of another node: that one must refuse.</param>
/// <param name="Incarnation">The incarnation of the receiver that is meant; 0 for any.</param>
public readonly record struct Preface(LinkKind Kind, ushort Channel, NodeId Sender, NodeId Receiver, uint Incarnation)
{
    /// <summary>Bytes before the variable part.</summary>
    public const int HeaderLength = 6;

    /// <summary>Bytes of the fields that are always there.</summary>
    public const int BodyLength = 10;

    /// <summary>Most bytes of the variable part that a receiver takes.</summary>
    public const int MaxBodyLength = 1024;

    /// <summary>Bytes without token and formats.</summary>
    public const int Length = HeaderLength + BodyLength;

    private const int FormatsLength = 2;
    private const int TokenLengthLength = sizeof(ushort);

    private const byte Magic0 = (byte)'M';
    private const byte Magic1 = (byte)'H';
    private const byte FormatVersion = 1;

    /// <summary>How a record with TLS's first message begins (RFC 8446, 5.1).</summary>
    private const byte TlsHandshake = 22;
    private const byte TlsVersion = 3;

    /// <summary>The sender's token; null for none. Internal, so that it is never printed.</summary>
    internal string? Token { get; init; }

    /// <summary>The format levels that the sender reads.</summary>
    public FormatRange Formats { get; init; } = FormatRange.Unspoken;

    private bool SaysFormats => Formats != FormatRange.Unspoken;

    private void Write(Span<byte> target)
    {
        target[0] = Magic0;
        target[1] = Magic1;
        target[2] = FormatVersion;
        target[3] = (byte)Kind;
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], (ushort)(target.Length - HeaderLength));
        BinaryPrimitives.WriteUInt16BigEndian(target[6..], Channel);
        BinaryPrimitives.WriteUInt16BigEndian(target[8..], Sender.Value);
        BinaryPrimitives.WriteUInt16BigEndian(target[10..], Receiver.Value);
        BinaryPrimitives.WriteUInt32BigEndian(target[12..], Incarnation);
        if (Token is not null || SaysFormats)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[Length..], (ushort)(Token?.Length ?? 0));
            Encoding.ASCII.GetBytes(Token ?? "", target[(Length + TokenLengthLength)..]);
        }

        if (SaysFormats)
            (target[^2], target[^1]) = (Formats.Oldest, Formats.Newest);
    }

    /// <summary>The preface as bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length + (Token is null && !SaysFormats ? 0 : TokenLengthLength) + (Token?.Length ?? 0) + (SaysFormats ? FormatsLength : 0)];
        Write(bytes);
        return bytes;
    }

    /// <summary>
    /// Reads exactly one preface and not a byte more. Throws <see cref="InvalidDataException"/> for anything else,
    /// <see cref="EndOfStreamException"/> when the connection ends inside of it. Null when it ends before the first byte.
    /// </summary>
    public static async ValueTask<Preface?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var header = new byte[HeaderLength];
        var read = await ReadFirstAsync(stream, header, cancellation).ConfigureAwait(false);
        if (read == 0)
            return null;
        await stream.ReadExactlyAsync(header.AsMemory(read), cancellation).ConfigureAwait(false);
        var (kind, length) = ParseHeader(header);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellation).ConfigureAwait(false);
        return ParseBody(kind, body);
    }

    /// <summary>Probes of ports close in good order or by a reset.</summary>
    private static async ValueTask<int> ReadFirstAsync(Stream stream, byte[] header, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(header, cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static (LinkKind Kind, int Length) ParseHeader(ReadOnlySpan<byte> header)
    {
        if (header[0] == TlsHandshake && header[1] == TlsVersion)
            throw new InvalidDataException("it speaks TLS, and this node does not (MFSHA_TLS_ENABLE)");
        if (header[0] != Magic0 || header[1] != Magic1)
            throw new InvalidDataException("no preface of a node");
        if (header[2] != FormatVersion)
            throw new InvalidDataException($"preface of format version {header[2]}, known is {FormatVersion}");
        var kind = (LinkKind)header[3];
        if (kind is not (LinkKind.Raft or LinkKind.Monitor or LinkKind.Rpc))
            throw new InvalidDataException($"connection of unknown kind {header[3]}");
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        if (length is < BodyLength or > MaxBodyLength)
            throw new InvalidDataException($"preface of {length} bytes, allowed are {BodyLength}..{MaxBodyLength}");
        return (kind, length);
    }

    private static Preface ParseBody(LinkKind kind, ReadOnlySpan<byte> body)
    {
        var preface = new Preface(
            kind,
            BinaryPrimitives.ReadUInt16BigEndian(body),
            new NodeId(BinaryPrimitives.ReadUInt16BigEndian(body[2..])),
            new NodeId(BinaryPrimitives.ReadUInt16BigEndian(body[4..])),
            BinaryPrimitives.ReadUInt32BigEndian(body[6..])) { Token = ParseToken(body[BodyLength..]), Formats = ParseFormats(body[BodyLength..]) };
        return preface.Sender == NodeId.None ? throw new InvalidDataException("preface without a sender") : preface;
    }

    private static FormatRange ParseFormats(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < TokenLengthLength)
            return FormatRange.Unspoken;
        var after = rest[(TokenLengthLength + BinaryPrimitives.ReadUInt16BigEndian(rest))..];
        if (after.Length < FormatsLength)
            return FormatRange.Unspoken;
        return after[0] is >= FormatRange.First && after[0] <= after[1]
            ? new FormatRange(after[0], after[1])
            : throw new InvalidDataException($"format levels {after[0]} to {after[1]}");
    }

    private static string? ParseToken(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < TokenLengthLength)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length > SharedToken.MaxLength || length > rest.Length - TokenLengthLength)
            throw new InvalidDataException($"token of {length} bytes, allowed are {SharedToken.MaxLength}, and there are {rest.Length - TokenLengthLength}");
        return length == 0 ? null : Encoding.Latin1.GetString(rest.Slice(TokenLengthLength, length));
    }
}

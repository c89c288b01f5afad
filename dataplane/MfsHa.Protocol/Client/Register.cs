using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>What a REGISTER packet asks for.</summary>
public enum RegisterCode : byte
{
    None = 0,
    GetRandom = 1,
    NewSession = 2,
    Reconnect = 3,
    Tools = 4,
    NewMetaSession = 5,
    CloseSession = 6,
}

/// <summary>An earlier session that a client would like to go on with.</summary>
/// <param name="MetaId">Identity of the metadata set the session belongs to; absent from old clients.</param>
public readonly record struct SessionClaim(uint SessionId, ulong? MetaId);

/// <summary>
/// CLTOMA_FUSE_REGISTER: `blob:64 rcode:u8 ...`, without a message id (`matoclserv_fuse_register`). The optional tails
/// are told apart by length alone.
/// </summary>
public abstract record RegisterRequest
{
    /// <summary>Longest mount point and path in bytes, NUL included.</summary>
    public const int MaxPathLength = 1024;

    /// <summary>Bytes of the answer to a password challenge (MD5).</summary>
    public const int PasscodeSize = 16;

    private const int ClaimWithoutMetaId = 4;
    private const int ClaimWithMetaId = 12;

    /// <summary>The 64 bytes that begin the packet.</summary>
    public static ReadOnlySpan<byte> Blob => "DjI1GAQDULI5d2YjA26ypc3ovkhjvhciTQVx3CS4nYgtBoUcsljiVpsErJENHaw0"u8;

    public abstract RegisterCode Code { get; }

    public static RegisterRequest Parse(ref PacketReader reader)
    {
        if (!reader.Span(Blob.Length).SequenceEqual(Blob))
        {
            reader.Fail("the register blob", "another one");
        }

        var code = (RegisterCode)reader.U8();
        RegisterRequest request;
        switch (code)
        {
            case RegisterCode.GetRandom:
                request = new GetRandomRegister();
                break;
            case RegisterCode.NewSession:
                request = ParseNewSession(ref reader);
                break;
            case RegisterCode.Reconnect:
                request = new ReconnectRegister(reader.U32(), new PeerVersion(reader.U32()), OptionalMetaId(ref reader));
                break;
            case RegisterCode.Tools:
                request = new ToolsRegister(reader.U32(), new PeerVersion(reader.U32()));
                break;
            case RegisterCode.NewMetaSession:
                request = ParseNewMetaSession(ref reader);
                break;
            case RegisterCode.CloseSession:
                request = new CloseSessionRegister(reader.U32(), OptionalMetaId(ref reader));
                break;
            default:
                reader.Fail("a register code of 1 to 6", $"{(byte)code}");
                return null;
        }

        reader.End();
        return request;
    }

    /// <summary>Writes the whole packet.</summary>
    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Register);
        writer.Bytes(Blob);
        writer.U8((byte)Code);
        WriteBody(ref writer);
        writer.End();
    }

    protected abstract void WriteBody(ref PacketWriter writer);

    private protected static void WriteTail(
        ref PacketWriter writer, SessionClaim? claim, ReadOnlyMemory<byte>? passcode)
    {
        if (claim is { } session)
        {
            writer.U32(session.SessionId);
            WriteOptional(ref writer, session.MetaId);
        }

        if (passcode is { } bytes)
        {
            writer.Bytes(bytes.Span);
        }
    }

    private protected static void WriteOptional(ref PacketWriter writer, ulong? value)
    {
        if (value is { } present)
        {
            writer.U64(present);
        }
    }

    private static ulong? OptionalMetaId(ref PacketReader reader) => reader.Remaining > 0 ? reader.U64() : null;

    private static NewSessionRegister ParseNewSession(ref PacketReader reader)
    {
        var version = new PeerVersion(reader.U32());
        ReadOnlyMemory<byte> info = reader.Str32(MaxPathLength);
        ReadOnlyMemory<byte> path = ZeroTerminated.Parse(ref reader, MaxPathLength);
        (SessionClaim? claim, ReadOnlyMemory<byte>? passcode) = ParseTail(ref reader);
        return new(version, info, path, claim, passcode);
    }

    private static NewMetaSessionRegister ParseNewMetaSession(ref PacketReader reader)
    {
        var version = new PeerVersion(reader.U32());
        ReadOnlyMemory<byte> info = reader.Str32(MaxPathLength);
        (SessionClaim? claim, ReadOnlyMemory<byte>? passcode) = ParseTail(ref reader);
        return new(version, info, claim, passcode);
    }

    private static (SessionClaim? Claim, ReadOnlyMemory<byte>? Passcode) ParseTail(ref PacketReader reader)
    {
        bool hasPasscode = reader.Remaining >= PasscodeSize;
        int claimSize = reader.Remaining - (hasPasscode ? PasscodeSize : 0);
        SessionClaim? claim = claimSize switch
        {
            0 => null,
            ClaimWithoutMetaId => new SessionClaim(reader.U32(), null),
            ClaimWithMetaId => new SessionClaim(reader.U32(), reader.U64()),
            _ => throw new MalformedPacketException(
                "no session, 4 or 12 bytes of one", $"{claimSize} bytes", reader.Position),
        };
        return (claim, hasPasscode ? reader.Bytes(PasscodeSize) : (ReadOnlyMemory<byte>?)null);
    }
}

/// <summary>Asks for 32 random bytes, the challenge of a password.</summary>
public sealed record GetRandomRegister : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.GetRandom;

    protected override void WriteBody(ref PacketWriter writer)
    {
    }
}

/// <summary>Opens a session.</summary>
/// <param name="Info">Mount point, as sent: with its NUL, up to <see cref="RegisterRequest.MaxPathLength"/> bytes.</param>
/// <param name="Path">Folder to mount, without its NUL.</param>
/// <param name="Passcode">MD5(random[0..15], MD5(password), random[16..31]).</param>
public sealed record NewSessionRegister(
    PeerVersion Version,
    ReadOnlyMemory<byte> Info,
    ReadOnlyMemory<byte> Path,
    SessionClaim? Claim,
    ReadOnlyMemory<byte>? Passcode) : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.NewSession;

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Version.Wire);
        writer.Str32(Info.Span);
        writer.Str32Z(Path.Span);
        WriteTail(ref writer, Claim, Passcode);
    }
}

/// <summary>Goes on with a session on a new connection.</summary>
public sealed record ReconnectRegister(uint SessionId, PeerVersion Version, ulong? MetaId) : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.Reconnect;

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(SessionId);
        writer.U32(Version.Wire);
        WriteOptional(ref writer, MetaId);
    }
}

/// <summary>Joins a mount's session; answered by a bare status.</summary>
public sealed record ToolsRegister(uint SessionId, PeerVersion Version) : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.Tools;

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(SessionId);
        writer.U32(Version.Wire);
    }
}

/// <summary>Opens a session on trash and sustained files.</summary>
/// <param name="Info">Mount point, as sent: with its NUL.</param>
/// <param name="Passcode">As in <see cref="NewSessionRegister"/>.</param>
public sealed record NewMetaSessionRegister(
    PeerVersion Version, ReadOnlyMemory<byte> Info, SessionClaim? Claim, ReadOnlyMemory<byte>? Passcode) : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.NewMetaSession;

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Version.Wire);
        writer.Str32(Info.Span);
        WriteTail(ref writer, Claim, Passcode);
    }
}

/// <summary>Ends a session; the only request allowed on a registered connection. Answered by a bare status.</summary>
public sealed record CloseSessionRegister(uint SessionId, ulong? MetaId) : RegisterRequest
{
    public override RegisterCode Code => RegisterCode.CloseSession;

    protected override void WriteBody(ref PacketWriter writer)
    {
        writer.U32(SessionId);
        WriteOptional(ref writer, MetaId);
    }
}

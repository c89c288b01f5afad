using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.MetaLogger;

/// <summary>Who registers on the metalogger port.</summary>
public enum MetaLoggerRegisterKind : byte
{
    None = 0,

    /// <summary>A metalogger that begins anew and will download the metadata.</summary>
    Fresh = 1,

    /// <summary>A metalogger that goes on after a lost link.</summary>
    Resume = 2,

    /// <summary>mfssupervisor.</summary>
    Supervisor = 4,
}

/// <summary>`mfsmaster/matomlserv.c: matomlserv_register`.</summary>
/// <param name="FirstWanted">First metadata version that is wanted; only with <see cref="MetaLoggerRegisterKind.Resume"/>.</param>
public readonly record struct MetaLoggerRegister(
    MetaLoggerRegisterKind Kind, PeerVersion Version, ushort TimeoutSeconds, ulong FirstWanted = 0)
{
    public static MetaLoggerRegister Parse(ref PacketReader reader)
    {
        var kind = (MetaLoggerRegisterKind)reader.U8();
        if (kind is not (MetaLoggerRegisterKind.Fresh or MetaLoggerRegisterKind.Resume or MetaLoggerRegisterKind.Supervisor))
        {
            reader.Fail("a registration of kind 1, 2 or 4", $"{(byte)kind}");
        }

        var register = new MetaLoggerRegister(
            kind, new PeerVersion(reader.U32()), reader.U16(), kind == MetaLoggerRegisterKind.Resume ? reader.U64() : 0);
        reader.End();
        return register;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerRegister);
        writer.U8((byte)Kind);
        writer.U32(Version.Wire);
        writer.U16(TimeoutSeconds);
        if (Kind == MetaLoggerRegisterKind.Resume)
        {
            writer.U64(FirstWanted);
        }

        writer.End();
    }
}

/// <summary>
/// Answer to a registration, for metaloggers from 4.0 on; 3.x ones drop the link on it, and none needs it.
/// </summary>
/// <param name="Kind">0: the changes since the wanted version follow; 1: they do not.</param>
public readonly record struct MetaLoggerMasterAck(byte Kind, PeerVersion ServerVersion)
{
    public static MetaLoggerMasterAck Parse(ref PacketReader reader)
    {
        var ack = new MetaLoggerMasterAck(reader.U8(), new PeerVersion(reader.U32()));
        reader.End();
        return ack;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerMasterAck);
        writer.U8(Kind);
        writer.U32(ServerVersion.Wire);
        writer.End();
    }
}

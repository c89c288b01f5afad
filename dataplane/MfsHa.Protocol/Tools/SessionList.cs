using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>One session of SESSION_LIST.</summary>
/// <param name="Expire">Seconds until a disconnected session ends; <see cref="Connected"/> while it is connected.</param>
/// <param name="Info">Mount point, without NUL.</param>
/// <param name="Path">Mounted folder, without NUL; "." for sessions on trash and sustained files.</param>
/// <param name="CurrentHour">Operations by kind, see <see cref="SessionListReply"/>.</param>
public sealed record SessionEntry(
    uint SessionId,
    uint Ip,
    PeerVersion Version,
    uint OpenFiles,
    byte Sockets,
    uint Expire,
    ReadOnlyMemory<byte> Info,
    ReadOnlyMemory<byte> Path,
    SessionFlags Flags,
    ushort Umask,
    uint RootUid,
    uint RootGid,
    uint MapAllUid,
    uint MapAllGid,
    byte MinGoal,
    byte MaxGoal,
    ushort StorageClassGroups,
    uint MinTrashSeconds,
    uint MaxTrashSeconds,
    DisabledOperations Disables,
    ReadOnlyMemory<uint> CurrentHour,
    ReadOnlyMemory<uint> LastHour)
{
    public const uint Connected = 0xFFFF_FFFF;
}

/// <summary>
/// SESSION_LIST (`mfsmaster/matoclserv.c: matoclserv_session_list`). Operations are counted in this order: statfs getattr
/// setattr lookup mkdir rmdir symlink readlink mknod unlink rename link readdir open readchunk writechunk, and in 4.27+ read write
/// fsync snapshot truncate getxattr setxattr getfacl setfacl create lock meta.
/// </summary>
public static class SessionListReply
{
    /// <summary>Counters of 3.x.</summary>
    public const int LegacyCounters = 16;

    /// <summary>Counters of 4.27 and later.</summary>
    public const int Counters = 28;

    /// <summary>The shape that lists id, address, expiry and mount point alone.</summary>
    public const byte BriefMode = 0xFF;

    private const byte GoalsMode = 1;
    private const byte DisconnectedMode = 2;
    private const byte UmaskMode = 3;
    private const byte DisablesMode = 4;
    private const byte GroupsMode = 5;

    /// <param name="mode">The question's; 0 if it had none.</param>
    /// <param name="counters">Numbers per hour and session; every entry must have as many.</param>
    public static void Write(
        ref PacketWriter writer, uint? messageId, byte mode, int counters, IEnumerable<SessionEntry> sessions)
    {
        ToolReply.Begin(ref writer, PacketType.SessionListReply, messageId);
        if (mode == BriefMode)
        {
            foreach (SessionEntry session in sessions)
            {
                writer.U32(session.SessionId);
                writer.U32(session.Ip);
                writer.U32(session.Expire);
                writer.Str32(session.Info.Span);
            }
        }
        else
        {
            writer.U16((ushort)counters);
            foreach (SessionEntry session in sessions)
            {
                ArgumentOutOfRangeException.ThrowIfNotEqual(session.CurrentHour.Length, counters);
                ArgumentOutOfRangeException.ThrowIfNotEqual(session.LastHour.Length, counters);
                WriteEntry(ref writer, mode, session);
            }
        }

        writer.End();
    }

    /// <summary>Reads the body of an answer, after its message id.</summary>
    public static IReadOnlyList<SessionEntry> Parse(ref PacketReader reader, byte mode)
    {
        var sessions = new List<SessionEntry>();
        int counters = mode == BriefMode ? 0 : reader.U16();
        while (reader.Remaining > 0)
        {
            sessions.Add(mode == BriefMode ? ParseBrief(ref reader) : ParseEntry(ref reader, mode, counters));
        }

        return sessions;
    }

    private static void WriteEntry(ref PacketWriter writer, byte mode, SessionEntry session)
    {
        writer.U32(session.SessionId);
        writer.U32(session.Ip);
        writer.U32(session.Version.Wire);
        if (mode >= DisconnectedMode)
        {
            writer.U32(session.OpenFiles);
            writer.U8(session.Sockets);
            writer.U32(session.Expire);
        }

        writer.Str32(session.Info.Span);
        writer.Str32(session.Path.Span);
        writer.U8((byte)session.Flags);
        if (mode >= UmaskMode)
        {
            writer.U16(session.Umask);
        }

        writer.U32(session.RootUid);
        writer.U32(session.RootGid);
        writer.U32(session.MapAllUid);
        writer.U32(session.MapAllGid);
        if (mode >= GoalsMode)
        {
            WriteLimits(ref writer, mode, session);
        }

        if (mode >= DisablesMode)
        {
            writer.U32((uint)session.Disables);
        }

        WriteCounters(ref writer, session.CurrentHour.Span);
        WriteCounters(ref writer, session.LastHour.Span);
    }

    private static void WriteLimits(ref PacketWriter writer, byte mode, SessionEntry session)
    {
        if (mode >= GroupsMode)
        {
            writer.U16(session.StorageClassGroups);
        }
        else
        {
            writer.U8(session.MinGoal);
            writer.U8(session.MaxGoal);
        }

        writer.U32(session.MinTrashSeconds);
        writer.U32(session.MaxTrashSeconds);
    }

    private static void WriteCounters(ref PacketWriter writer, ReadOnlySpan<uint> counters)
    {
        foreach (uint counter in counters)
        {
            writer.U32(counter);
        }
    }

    private static SessionEntry ParseBrief(ref PacketReader reader) => new(
        reader.U32(), reader.U32(), default, 0, 0, reader.U32(), reader.Str32(), default, default, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, default, default, default);

    private static SessionEntry ParseEntry(ref PacketReader reader, byte mode, int counters)
    {
        (uint id, uint ip, var version) = (reader.U32(), reader.U32(), new PeerVersion(reader.U32()));
        bool full = mode >= DisconnectedMode;
        (uint files, byte sockets, uint expire) = full
            ? (reader.U32(), reader.U8(), reader.U32())
            : (0u, (byte)0, SessionEntry.Connected);
        (ReadOnlyMemory<byte> info, ReadOnlyMemory<byte> path, var flags) = (reader.Str32(), reader.Str32(), (SessionFlags)reader.U8());
        ushort umask = mode >= UmaskMode ? reader.U16() : (ushort)0;
        (uint rootUid, uint rootGid, uint mapUid, uint mapGid) = (reader.U32(), reader.U32(), reader.U32(), reader.U32());
        ushort groups = mode >= GroupsMode ? reader.U16() : (ushort)0;
        (byte minGoal, byte maxGoal) = mode is >= GoalsMode and < GroupsMode ? (reader.U8(), reader.U8()) : ((byte)0, (byte)0);
        (uint minTrash, uint maxTrash) = mode >= GoalsMode ? (reader.U32(), reader.U32()) : (0u, 0u);
        DisabledOperations disables = mode >= DisablesMode ? (DisabledOperations)reader.U32() : DisabledOperations.None;
        return new(
            id, ip, version, files, sockets, expire, info, path, flags, umask, rootUid, rootGid, mapUid, mapGid, minGoal, maxGoal, groups,
            minTrash, maxTrash, disables, ParseCounters(ref reader, counters), ParseCounters(ref reader, counters));
    }

    private static uint[] ParseCounters(ref PacketReader reader, int count)
    {
        if (count * sizeof(uint) > reader.Remaining)
        {
            reader.Fail($"{count} counters", $"{reader.Remaining} bytes");
        }

        var counters = new uint[count];
        foreach (ref uint counter in counters.AsSpan())
        {
            counter = reader.U32();
        }

        return counters;
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Parameters of a session that the client is told.</summary>
/// <param name="ServerVersion">The version the server pretends to have; decides with the client's version over shapes.</param>
/// <param name="MetaId">Identity of the metadata set, not 0.</param>
/// <param name="Umask">Added by the server to the umask of every create.</param>
/// <param name="StorageClassGroups">Bit i: group i is allowed. Sent to 4.57+ clients of 4.57+ servers.</param>
/// <param name="MinGoal">1..9; sent to all others, as is <paramref name="MaxGoal"/>.</param>
/// <param name="MinTrashSeconds">Least trash retention in seconds.</param>
/// <param name="MaxTrashSeconds">0xFFFFFFFF: unlimited.</param>
/// <param name="MasterProcessId">Sent from 4.40 on; must be the same on every node.</param>
public sealed record SessionParameters(
    PeerVersion ServerVersion,
    uint SessionId,
    ulong MetaId,
    SessionFlags Flags,
    ushort Umask,
    uint RootUid,
    uint RootGid,
    uint MapAllUid,
    uint MapAllGid,
    ushort StorageClassGroups,
    byte MinGoal,
    byte MaxGoal,
    uint MinTrashSeconds,
    uint MaxTrashSeconds,
    DisabledOperations Disables,
    ulong MasterProcessId)
{
    /// <summary>All groups.</summary>
    public const ushort AllGroups = 0xFFFF;
}

/// <summary>Answers to REGISTER (`matoclserv_fuse_register`); none has a message id.</summary>
public static class RegisterReply
{
    /// <summary>Bytes of a password challenge.</summary>
    public const int RandomSize = 32;

    private const int StatusLength = 1;
    private const int RedirectLength = 4;

    /// <summary>The challenge that answers <see cref="GetRandomRegister"/>.</summary>
    public static void WriteRandom(ref PacketWriter writer, scoped ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomSize);
        writer.Begin(PacketType.RegisterReply);
        writer.Bytes(random);
        writer.End();
    }

    /// <summary>The bare status: refused sessions, tools, closed sessions.</summary>
    public static void WriteStatus(ref PacketWriter writer, StatusCode status)
    {
        writer.Begin(PacketType.RegisterReply);
        writer.U8((byte)status);
        writer.End();
    }

    /// <summary>
    /// Sends the client to another server, same port. 0 or the address it is connected to: "not now", the client tries again
    /// in two seconds at the latest.
    /// </summary>
    /// <param name="ip">IPv4 address, first octet in the high byte.</param>
    public static void WriteRedirect(ref PacketWriter writer, uint ip)
    {
        writer.Begin(PacketType.RegisterReply);
        writer.U32(ip);
        writer.End();
    }

    /// <summary>A new session: 49 bytes, with process id 57.</summary>
    public static void WriteSession(ref PacketWriter writer, SessionParameters session, PeerVersion client)
    {
        writer.Begin(PacketType.RegisterReply);
        WriteHead(ref writer, session);
        writer.U16(session.Umask);
        writer.U32(session.RootUid);
        writer.U32(session.RootGid);
        writer.U32(session.MapAllUid);
        writer.U32(session.MapAllGid);
        WriteGoalsAndTrash(ref writer, session, client);
        if (client.HasDisables)
        {
            writer.U32((uint)session.Disables);
        }

        WriteProcessId(ref writer, session.MasterProcessId, client);
        writer.End();
    }

    /// <summary>A new session on trash and sustained files: 27 bytes, with process id 35.</summary>
    public static void WriteMetaSession(ref PacketWriter writer, SessionParameters session, PeerVersion client)
    {
        writer.Begin(PacketType.RegisterReply);
        WriteHead(ref writer, session);
        WriteGoalsAndTrash(ref writer, session, client);
        WriteProcessId(ref writer, session.MasterProcessId, client);
        writer.End();
    }

    /// <summary>Answers <see cref="ReconnectRegister"/>, also with errors: 5 bytes, with process id 13.</summary>
    public static void WriteReconnect(
        ref PacketWriter writer, PeerVersion server, ulong masterProcessId, StatusCode status, PeerVersion client)
    {
        writer.Begin(PacketType.RegisterReply);
        if (client.ReconnectCarriesVersion)
        {
            writer.U32(server.Wire);
        }

        WriteProcessId(ref writer, masterProcessId, client);
        writer.U8((byte)status);
        writer.End();
    }

    /// <summary>Whether a payload refuses the registration; for peers that play the client's part.</summary>
    public static bool TryReadStatus(ReadOnlySpan<byte> payload, out StatusCode status)
    {
        status = payload.Length == StatusLength ? (StatusCode)payload[0] : StatusCode.Ok;
        return payload.Length == StatusLength;
    }

    /// <summary>Whether a payload is a redirect.</summary>
    public static bool TryReadRedirect(ReadOnlySpan<byte> payload, out uint ip)
    {
        ip = 0;
        if (payload.Length != RedirectLength)
        {
            return false;
        }

        ip = new PacketReader(payload).U32();
        return true;
    }

    public static SessionParameters ParseSession(ref PacketReader reader, PeerVersion client)
    {
        var server = new PeerVersion(reader.U32());
        (uint id, ulong metaId, var flags) = (reader.U32(), reader.U64(), (SessionFlags)reader.U8());
        (ushort umask, uint rootUid, uint rootGid) = (reader.U16(), reader.U32(), reader.U32());
        (uint mapUid, uint mapGid) = (reader.U32(), reader.U32());
        (ushort groups, byte minGoal, byte maxGoal) = ParseGoals(ref reader, server, client);
        (uint minTrash, uint maxTrash) = (reader.U32(), reader.U32());
        DisabledOperations disables = client.HasDisables ? (DisabledOperations)reader.U32() : DisabledOperations.None;
        ulong processId = client.HasMasterProcessId ? reader.U64() : 0;
        reader.End();
        return new(
            server, id, metaId, flags, umask, rootUid, rootGid, mapUid, mapGid, groups, minGoal, maxGoal, minTrash, maxTrash, disables, processId);
    }

    public static SessionParameters ParseMetaSession(ref PacketReader reader, PeerVersion client)
    {
        var server = new PeerVersion(reader.U32());
        (uint id, ulong metaId, var flags) = (reader.U32(), reader.U64(), (SessionFlags)reader.U8());
        (ushort groups, byte minGoal, byte maxGoal) = ParseGoals(ref reader, server, client);
        (uint minTrash, uint maxTrash) = (reader.U32(), reader.U32());
        ulong processId = client.HasMasterProcessId ? reader.U64() : 0;
        reader.End();
        return new(
            server, id, metaId, flags, 0, 0, 0, 0, 0, groups, minGoal, maxGoal, minTrash, maxTrash, DisabledOperations.None, processId);
    }

    public static ReconnectResult ParseReconnect(ref PacketReader reader, PeerVersion client)
    {
        var result = new ReconnectResult(
            client.ReconnectCarriesVersion ? new PeerVersion(reader.U32()) : default,
            client.HasMasterProcessId ? reader.U64() : 0,
            (StatusCode)reader.U8());
        reader.End();
        return result;
    }

    private static (ushort Groups, byte MinGoal, byte MaxGoal) ParseGoals(
        ref PacketReader reader, PeerVersion server, PeerVersion client) =>
        server.SclassGroups && client.SclassGroups ? (reader.U16(), (byte)0, (byte)0) : ((ushort)0, reader.U8(), reader.U8());

    private static void WriteHead(ref PacketWriter writer, SessionParameters session)
    {
        writer.U32(session.ServerVersion.Wire);
        writer.U32(session.SessionId);
        writer.U64(session.MetaId);
        writer.U8((byte)session.Flags);
    }

    private static void WriteGoalsAndTrash(ref PacketWriter writer, SessionParameters session, PeerVersion client)
    {
        // Clients decide by the server's version which of the two they read, so both sides must know groups.
        if (client.SclassGroups && session.ServerVersion.SclassGroups)
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

    private static void WriteProcessId(ref PacketWriter writer, ulong masterProcessId, PeerVersion client)
    {
        if (client.HasMasterProcessId)
        {
            writer.U64(masterProcessId);
        }
    }
}

/// <summary>A parsed RECONNECT reply.</summary>
public readonly record struct ReconnectResult(PeerVersion ServerVersion, ulong MasterProcessId, StatusCode Status);

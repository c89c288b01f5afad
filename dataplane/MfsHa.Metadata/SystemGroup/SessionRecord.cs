using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Protocol;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>What a client was granted when it registered (client-protocol 5.1, 5.4).</summary>
[MemoryPackable]
public sealed partial record SessionParameters
{
    /// <summary>Longest mount point, bytes.</summary>
    public const int MaxInfoLength = 1024;

    /// <summary>Inode that the client calls 1; 0 for a meta session.</summary>
    public required uint RootInode { get; init; }

    /// <summary>Rights.</summary>
    public required SessionFlags Flags { get; init; }

    /// <summary>Added to the umask of every creation.</summary>
    public ushort Umask { get; init; }

    /// <summary>Whom uid 0 acts as.</summary>
    public uint RootUid { get; init; }

    /// <summary>Group of uid 0.</summary>
    public uint RootGid { get; init; }

    /// <summary>Whom everybody else acts as under mapall.</summary>
    public uint MapAllUid { get; init; }

    /// <summary>Group under mapall.</summary>
    public uint MapAllGid { get; init; }

    /// <summary>Storage class groups that may be used, one bit each.</summary>
    public ushort StorageClassGroups { get; init; } = ushort.MaxValue;

    /// <summary>Smallest goal, for clients that know goals.</summary>
    public byte MinGoal { get; init; } = 1;

    /// <summary>Largest goal.</summary>
    public byte MaxGoal { get; init; } = 9;

    /// <summary>Shortest trash retention, seconds.</summary>
    public uint MinTrashSeconds { get; init; }

    /// <summary>Longest trash retention, seconds.</summary>
    public uint MaxTrashSeconds { get; init; } = uint.MaxValue;

    /// <summary>Forbidden operations.</summary>
    public DisabledOperations Disables { get; init; }

    /// <summary>The client's IPv4 address.</summary>
    public required uint PeerAddress { get; init; }

    /// <summary>The client's version.</summary>
    public uint ClientVersion { get; init; }

    /// <summary>Mount point as the client says it, without NUL.</summary>
    public byte[] Info { get; init; } = [];

    /// <summary>Checksum of the exports under which this was granted.</summary>
    public required ulong ExportsChecksum { get; init; }
}

/// <summary>One connection of a session.</summary>
/// <param name="Epoch">The session's epoch that it began.</param>
/// <param name="Node">Node that it leads to.</param>
/// <param name="Run">Run of that node's process: a connection does not outlive it.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct SessionConnection(uint Epoch, ushort Node, ulong Run);

/// <summary>A client session.</summary>
[MemoryPackable]
public sealed partial record SessionRecord
{
    /// <summary>Largest session id: clients and stock masters use the top bit for themselves.</summary>
    public const uint MaxId = 0x7FFF_FFFF;

    /// <summary>Most connections at one time; a new one pushes the oldest out.</summary>
    public const int MaxConnections = 16;

    /// <summary>Session id, 1..<see cref="MaxId"/>.</summary>
    public required uint Id { get; init; }

    /// <summary>What it was granted.</summary>
    public required SessionParameters Parameters { get; init; }

    /// <summary>Number of its latest connection, from 1: the upper half of <see cref="Operations.RequestStamp.Request"/>.</summary>
    public uint Epoch { get; init; }

    /// <summary>Its connections, oldest first.</summary>
    public SessionConnection[] Connections { get; init; } = [];

    /// <summary>Since when it has no connection, Unix seconds; 0 while it has one.</summary>
    public uint Disconnected { get; init; }

    /// <summary>True when the client said that it is done: the session goes as soon as it is disconnected.</summary>
    public bool Closed { get; init; }

    /// <summary>True when it is being removed: its open files and locks are released, nobody may use it any more.</summary>
    public bool Ending { get; init; }

    /// <summary>True while a client is connected.</summary>
    [MemoryPackIgnore]
    public bool IsConnected => Connections.Length > 0;

    /// <summary>True when it may be removed: not connected, and closed or away for longer than <paramref name="sustainSeconds"/>.</summary>
    public bool IsDue(uint sustainSeconds, uint now) =>
        Ending || (!IsConnected && (Closed || Disconnected + (ulong)sustainSeconds < now));

    /// <summary>The session with another connection.</summary>
    internal SessionRecord WithConnection(ushort node, ulong run)
    {
        var epoch = checked(Epoch + 1);
        return this with
        {
            Epoch = epoch,
            Connections = [.. Connections.TakeLast(MaxConnections - 1), new SessionConnection(epoch, node, run)],
            Disconnected = 0,
            Closed = false,
        };
    }

    /// <summary>The session without the connections that <paramref name="gone"/> names; the same object if there are none.</summary>
    internal SessionRecord WithoutConnections(Func<SessionConnection, bool> gone, uint now)
    {
        var left = Connections.Where(c => !gone(c)).ToArray();
        return left.Length == Connections.Length ? this : this with { Connections = left, Disconnected = left.Length == 0 ? now : 0 };
    }
}

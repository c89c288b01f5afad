using MemoryPack;

namespace MfsHa.Metadata.SystemGroup;

/// <summary>Maintenance modes of a chunkserver (metadata-format 3, CSDB).</summary>
public enum MaintenanceMode : byte
{
    /// <summary>Normal.</summary>
    Off = 0,

    /// <summary>An administrator keeps its missing copies from being replaced.</summary>
    On = 1,

    /// <summary>It said goodbye and is expected back soon; ends when it connects.</summary>
    Temporary = 2,
}

/// <summary>How a registering chunkserver was found.</summary>
public enum ChunkServerChange : byte
{
    /// <summary>It was known with this address.</summary>
    None = 0,

    /// <summary>It is new.</summary>
    Added = 1,

    /// <summary>It has another address than before.</summary>
    AddressChanged = 2,
}

/// <summary>A known chunkserver (mfsmaster/csdb.c). Where it is connected; what it stores and how loaded it is is CRDT state (design.md 7).</summary>
[MemoryPackable]
public sealed partial record ChunkServerRecord
{
    /// <summary>Chunkserver id, 1..65535.</summary>
    public required ushort Id { get; init; }

    /// <summary>IPv4 address of its data port.</summary>
    public required uint Address { get; init; }

    /// <summary>Its data port.</summary>
    public required ushort Port { get; init; }

    /// <summary>Number of its latest connection: its incarnation in the location view. Grows with every connection, also of an id that is used anew.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Node that it is connected to, 0 = none.</summary>
    public ushort Node { get; init; }

    /// <summary>Run of that node's process.</summary>
    public ulong Run { get; init; }

    /// <summary>Since when it is not connected, Unix seconds.</summary>
    public uint Disconnected { get; init; }

    /// <summary>Maintenance mode.</summary>
    public MaintenanceMode Maintenance { get; init; }

    /// <summary>End of maintenance, Unix seconds; 0 = none.</summary>
    public uint MaintenanceUntil { get; init; }

    /// <summary>True while it is connected.</summary>
    [MemoryPackIgnore]
    public bool IsConnected => Node != 0;
}

/// <summary>Id of the chunkserver at an address.</summary>
[MemoryPackable]
public sealed partial record ChunkServerId(ushort Id);

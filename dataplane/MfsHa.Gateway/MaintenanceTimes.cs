namespace MfsHa.Gateway;

/// <summary>How long chunkservers may be in maintenance; changed by a reload. Thread-safe.</summary>
public sealed class MaintenanceTimes
{
    private uint temporarySeconds = 1800;
    private uint limitSeconds;

    /// <summary>Temporary maintenance of a chunkserver that said goodbye (CS_TEMP_MAINTENANCE_MODE_TIMEOUT), seconds; 0 = there is none.</summary>
    public uint TemporarySeconds
    {
        get => Volatile.Read(ref temporarySeconds);
        set => Volatile.Write(ref temporarySeconds, value);
    }

    /// <summary>Longest maintenance that an administrator begins (CS_MAINTENANCE_MODE_TIMEOUT), seconds; 0 = no limit.</summary>
    public uint LimitSeconds
    {
        get => Volatile.Read(ref limitSeconds);
        set => Volatile.Write(ref limitSeconds, value);
    }
}

using MfsHa.Cluster.Chunks.Care;

namespace MfsHa.Cluster.Tests.Chunks.Care;

/// <summary>Everything may be begun, or nothing.</summary>
internal sealed class NoLimits(bool may = true) : ICareLimits
{
    public bool MayRead(ushort server, ReplicationKind kind) => may;

    public bool MayWrite(ushort server, ReplicationKind kind) => may;

    public bool MayDelete(ushort server) => may;

    public int Writes(ushort server) => 0;
}

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>What may be begun now (chunkserver-protocol 7.3).</summary>
public interface ICareLimits
{
    /// <summary>True when one more replication of this kind may read from a chunkserver.</summary>
    bool MayRead(ushort server, ReplicationKind kind);

    /// <summary>True when one more replication of this kind may write to a chunkserver.</summary>
    bool MayWrite(ushort server, ReplicationKind kind);

    /// <summary>True when one more copy may be deleted at a chunkserver.</summary>
    bool MayDelete(ushort server);

    /// <summary>Replications that write to a chunkserver now.</summary>
    int Writes(ushort server);
}

/// <summary>Why copies are made; the place in CHUNKS_WRITE_REP_LIMIT and CHUNKS_READ_REP_LIMIT.</summary>
public enum ReplicationKind
{
    /// <summary>Only one good copy is left.</summary>
    Endangered = 0,

    /// <summary>There are fewer copies than wanted, or one is in the wrong place.</summary>
    Undergoal = 1,

    /// <summary>Balance between chunkservers whose usage differs little.</summary>
    NearBalance = 2,

    /// <summary>Balance between chunkservers whose usage differs more than 1.5 times as much as is acceptable.</summary>
    FarBalance = 3,
}

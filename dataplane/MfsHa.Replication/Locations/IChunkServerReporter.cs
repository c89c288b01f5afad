namespace MfsHa.Replication.Locations;

/// <summary>
/// Takes what a chunkserver reports to the node it is connected to. One writer per connection: the calls for one connection are made in the order of the
/// chunkserver's packets. All but <see cref="Begin"/> return false when the connection is over (superseded, dropped or ended): then it should be closed.
/// Thread-safe.
/// </summary>
public interface IChunkServerReporter
{
    /// <summary>
    /// A chunkserver connected here. Throws <see cref="ArgumentException"/> when a connection of the same or a later epoch is known.
    /// </summary>
    void Begin(ChunkServerIncarnation incarnation, ChunkServerInfo info);

    /// <summary>It has these copies, with these versions and flags (REGISTER 61, CHUNK_NEW, results of commands).</summary>
    bool Report(ChunkServerIncarnation incarnation, ReadOnlySpan<ChunkCopy> copies);

    /// <summary>It no longer has these (CHUNK_LOST, CHUNK_DOESNT_EXIST, deleted).</summary>
    bool ReportLost(ChunkServerIncarnation incarnation, ReadOnlySpan<ulong> chunkIds);

    /// <summary>Its copies of these are damaged (CHUNK_DAMAGED); one that was not known gets version 0.</summary>
    bool ReportDamaged(ChunkServerIncarnation incarnation, ReadOnlySpan<ulong> chunkIds);

    /// <summary>
    /// An order has shown that its copy is not what is believed: an order of an earlier connection ended after its list was made (chunkserver-protocol 10.5). If that is still
    /// believed, the copy gets version 0, which no good copy has, until the chunkserver says more.
    /// </summary>
    /// <param name="incarnation">The connection.</param>
    /// <param name="chunkId">The chunk.</param>
    /// <param name="believed">Version that the copy was believed to have; null: that there is none.</param>
    bool ReportUnexpected(ChunkServerIncarnation incarnation, ulong chunkId, uint? believed);

    /// <summary>It has reported all its chunks (REGISTER 62): earlier connections of the same chunkserver are superseded.</summary>
    bool Complete(ChunkServerIncarnation incarnation);

    /// <summary>It told something new about itself.</summary>
    bool UpdateInfo(ChunkServerIncarnation incarnation, ChunkServerInfo info);

    /// <summary>
    /// The connection ended. Not only the gateway may say so: another node that knows the gateway's process is gone may as well.
    /// What was reported stays valid until the chunkserver has registered anew or is dropped.
    /// </summary>
    bool Disconnect(ChunkServerIncarnation incarnation);
}

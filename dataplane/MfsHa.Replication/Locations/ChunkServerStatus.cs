using MfsHa.NodeLink;

namespace MfsHa.Replication.Locations;

/// <summary>A chunkserver's connection as this node sees it. A snapshot; a later one is another object.</summary>
/// <param name="Incarnation">The connection.</param>
/// <param name="Info">What the chunkserver told about itself last.</param>
/// <param name="Gateway">The node it is or was connected to; <see cref="NodeId.None"/> while only its existence is known.</param>
/// <param name="IsConnected">False once the connection is known to have ended. True says nothing about the gateway's own liveness.</param>
/// <param name="IsComplete">True when it has reported all its chunks and all of that report has arrived here.</param>
public sealed record ChunkServerStatus(ChunkServerIncarnation Incarnation, ChunkServerInfo Info, NodeId Gateway, bool IsConnected, bool IsComplete);

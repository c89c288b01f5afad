using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients;

/// <summary>The session that a connection was registered with.</summary>
/// <param name="Id">Session id.</param>
/// <param name="Epoch">Number of this connection within the session.</param>
/// <param name="Parameters">What was granted.</param>
/// <param name="Version">The client's version.</param>
public sealed record ClientSession(uint Id, uint Epoch, SessionParameters Parameters, PeerVersion Version)
{
    /// <summary>True for a session of the meta file system.</summary>
    public bool IsMeta => Parameters.RootInode == 0;
}

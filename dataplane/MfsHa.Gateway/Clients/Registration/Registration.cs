using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients.Registration;

/// <summary>What became of a REGISTER packet.</summary>
/// <param name="Status">The verdict; null when there is none yet.</param>
/// <param name="Session">The session, with <see cref="StatusCode.Ok"/>.</param>
/// <param name="Cluster">The cluster's identity, with a session.</param>
internal sealed record Registration(StatusCode? Status, ClientSession? Session = null, ClusterRecord? Cluster = null)
{
    /// <summary>Nobody could decide in time.</summary>
    public static readonly Registration Undecided = new((StatusCode?)null);

    /// <summary>A verdict against the client.</summary>
    public static Registration Refused(StatusCode status) => new(status);
}

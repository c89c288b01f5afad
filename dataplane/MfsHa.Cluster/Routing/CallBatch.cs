using MfsHa.NodeLink.Rpc;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// While it lives, what this thread asks of other nodes is gathered; at its end it goes out with one write per node. No await within.
/// </summary>
public readonly ref struct CallBatch : IDisposable
{
    /// <summary>Begins to gather.</summary>
    public static CallBatch Begin()
    {
        SendBatch.Begin();
        return default;
    }

    /// <summary>Sends what was gathered.</summary>
    public void Dispose() => SendBatch.End();
}

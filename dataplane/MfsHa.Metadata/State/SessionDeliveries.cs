using MemoryPack;

namespace MfsHa.Metadata.State;

/// <summary>
/// Which answers are known to have reached a session's client, for its last few connections. What has arrived is not repeated: an equal request
/// on a later connection is a new one (design.md 8).
/// </summary>
/// <param name="Connections">Newest first, at most <see cref="MaxConnections"/>.</param>
[MemoryPackable]
public sealed partial record SessionDeliveries(Delivery[] Connections)
{
    /// <summary>Connections that are remembered; of earlier ones nothing can be said.</summary>
    public const int MaxConnections = 4;

    /// <summary>Nothing is known.</summary>
    public static readonly SessionDeliveries None = new([]);

    /// <summary>True when the answer to this request (epoch and number, see <see cref="Operations.RequestStamp.Request"/>) has arrived.</summary>
    public bool HasArrived(ulong request)
    {
        foreach (var connection in Connections)
        {
            if (connection.Epoch == request >> 32)
            {
                return (uint)request < connection.Below;
            }
        }

        return false;
    }

    /// <summary>This with what is known now; the same object if that is nothing new.</summary>
    public SessionDeliveries With(uint epoch, uint below)
    {
        var at = Array.FindIndex(Connections, c => c.Epoch == epoch);
        if (at >= 0)
        {
            if (Connections[at].Below >= below)
            {
                return this;
            }

            var changed = (Delivery[])Connections.Clone();
            changed[at] = new Delivery(epoch, below);
            return new SessionDeliveries(changed);
        }

        return Connections.Length == MaxConnections && Connections[^1].Epoch > epoch
            ? this
            : new SessionDeliveries([.. Connections.Append(new Delivery(epoch, below)).OrderByDescending(static c => c.Epoch).Take(MaxConnections)]);
    }
}

/// <summary>What has arrived over one connection.</summary>
/// <param name="Epoch">Connection epoch of the session.</param>
/// <param name="Below">The answers to all requests with numbers below this have arrived.</param>
[MemoryPackable]
public readonly partial record struct Delivery(uint Epoch, uint Below);

namespace MfsHa.Cluster.Chunks;

/// <summary>
/// What chunkservers' own protocol lacks: a node gives orders of an earlier leader of a shard to its chunkservers no more once it has seen an order of a later one
/// (chunkserver-protocol 10.4). Together with the connection that an order names, an order that was held up in a stopped process never arrives
/// after one that followed from its absence. Thread-safe.
/// </summary>
public sealed class OrderFence
{
    private readonly Lock gate = new();
    private readonly Dictionary<ushort, long> terms = [];

    /// <summary>True when the order may go out. An order without a term always may.</summary>
    public bool Admits(ChunkCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Term == 0)
        {
            return true;
        }

        lock (gate)
        {
            if (terms.TryGetValue(command.Group, out var latest) && command.Term < latest)
            {
                return false;
            }

            terms[command.Group] = command.Term;
            return true;
        }
    }
}

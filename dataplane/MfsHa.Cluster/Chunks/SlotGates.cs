namespace MfsHa.Cluster.Chunks;

/// <summary>One thing at a time per slot of a file, among what this leader does with chunkservers. Slots that share a gate wait for each other.</summary>
public sealed class SlotGates : IDisposable
{
    private const int Count = 1024;
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, Count).Select(static _ => new SemaphoreSlim(1))];

    /// <summary>Enters the gate of a slot; leave it by <see cref="SemaphoreSlim.Release()"/>.</summary>
    public async ValueTask<SemaphoreSlim> EnterAsync(uint inode, uint index, CancellationToken cancellation)
    {
        var gate = gates[HashCode.Combine(inode, index) & (Count - 1)];
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        return gate;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gate in gates)
        {
            gate.Dispose();
        }
    }
}

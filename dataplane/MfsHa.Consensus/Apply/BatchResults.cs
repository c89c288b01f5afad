using System.Buffers;
using MfsHa.Consensus.Commands;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Apply;

/// <summary>
/// The results of one entry's commands. The callers of this node's commands go on one after the other on one thread of the pool, in one burst: what they answer goes out together,
/// and the apply loop does not wait for them.
/// </summary>
internal sealed class BatchResults(int count) : IThreadPoolWorkItem
{
    private readonly object?[] _results = ArrayPool<object?>.Shared.Rent(count);
    private ProposalBatch? _batch;

    /// <summary>A place for each command's result.</summary>
    public Span<object?> Values => _results.AsSpan(0, count);

    /// <summary>Hands the results to who proposed the commands, if that was this node. Nothing may be read or written here afterwards.</summary>
    public void HandTo(ProposalBatch? batch)
    {
        if (batch is null)
        {
            ArrayPool<object?>.Shared.Return(_results, clearArray: true);
            return;
        }

        _batch = batch;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    void IThreadPoolWorkItem.Execute()
    {
        using (SendBurst.Begin())
        {
            _batch!.Complete(Values);
        }

        ArrayPool<object?>.Shared.Return(_results, clearArray: true);
    }
}

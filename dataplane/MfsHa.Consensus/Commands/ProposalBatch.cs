using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace MfsHa.Consensus.Commands;

/// <summary>Commands that become one log entry, written one behind the other as they come, and the callers that wait for them.</summary>
/// <param name="maxCommands">Most commands.</param>
/// <param name="maxBytes">Most bytes, but for a first command.</param>
/// <param name="ended">Told how many commands have an outcome now, once, before their callers are. May be called from within locks.</param>
internal sealed class ProposalBatch(int maxCommands, int maxBytes, Action<int> ended)
{
    private const int InitialCapacity = 1024;
    private readonly List<Proposal> _proposals = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialCapacity);
    private int _length = CommandEntryFormat.HeaderLength;
    private int _ended;

    public int Count => _proposals.Count;

    /// <summary>Monotonic time at which it became a log entry; 0 before.</summary>
    public long AppendedAt { get; private set; }

    /// <summary>The term of that entry.</summary>
    public long Term { get; private set; }

    public bool IsAppended => AppendedAt != 0;

    /// <summary>True when the command fits in; the first one always does.</summary>
    public bool HasRoom(int commandLength) =>
        Count == 0 || (Count < maxCommands && _length + CommandEntryFormat.LengthPrefix + commandLength <= maxBytes);

    public bool IsFull => Count >= maxCommands || _length >= maxBytes;

    public void Add(ReadOnlySpan<byte> command, Proposal proposal)
    {
        var needed = checked(_length + CommandEntryFormat.LengthPrefix + command.Length);
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _bytes.Length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), (uint)command.Length);
        command.CopyTo(_bytes.AsSpan(_length + CommandEntryFormat.LengthPrefix));
        _length = needed;
        _proposals.Add(proposal);
    }

    /// <summary>Ends the collecting: the payload with the given clock, of the given format level. Once.</summary>
    public byte[] ToPayload(long term, long unixMilliseconds, byte level)
    {
        Term = term;
        CommandEntryFormat.WriteHeader(_bytes, level, unixMilliseconds, Count);
        var payload = _bytes.AsSpan(0, _length).ToArray();
        ReturnBuffer();
        AppendedAt = Stopwatch.GetTimestamp();
        return payload;
    }

    /// <summary>Hands the results to the callers that still wait.</summary>
    public void Complete(ReadOnlySpan<object?> results)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        ended(Count);
        for (var i = 0; i < _proposals.Count; i++)
        {
            _proposals[i].SetResult(results[i]);
        }
    }

    public void Fail(Exception exception)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        ended(Count);
        if (!IsAppended)
        {
            ReturnBuffer();
        }

        foreach (var proposal in _proposals)
        {
            proposal.SetException(exception);
        }
    }

    private void ReturnBuffer()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}

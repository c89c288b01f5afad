using System.Collections;

namespace MfsHa.Consensus.Commands;

/// <summary>The commands of the entry that is being applied. One list per group, filled anew for each entry.</summary>
internal sealed class CommandList : IReadOnlyList<ReadOnlyMemory<byte>>
{
    public static readonly CommandList Empty = new();
    private ReadOnlyMemory<byte>[] _commands = [];

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> this[int index] =>
        (uint)index < (uint)Count ? _commands[index] : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(ReadOnlyMemory<byte> command)
    {
        if (Count == _commands.Length)
        {
            Array.Resize(ref _commands, Math.Max(16, 2 * Count));
        }

        _commands[Count++] = command;
    }

    public void Clear()
    {
        Array.Clear(_commands, 0, Count);
        Count = 0;
    }

    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return _commands[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace MfsHa.Consensus.Tests.Harness;

/// <summary>Applies "key=value" commands. Fails loudly when it is called out of order or by two threads at once.</summary>
internal sealed class TestMachine(TestDisk disk) : IReplicatedStateMachine
{
    private TestState _state = disk.Flushed;
    private int _inside;

    public TestState State => Volatile.Read(ref _state);

    public long AppliedIndex => State.Index;

    public long DurableIndex => disk.Flushed.Index;

    /// <summary>Called for every entry before it is applied.</summary>
    public Action<AppliedEntry>? Applying { get; set; }

    /// <summary>Log of all entries with commands since the start: index and number of commands.</summary>
    public List<(long Index, int Commands)> Entries { get; } = [];

    public void Apply(in AppliedEntry entry, Span<object?> results)
    {
        Enter();
        Applying?.Invoke(entry);
        var state = _state;
        if (entry.Index != state.Index + 1 || entry.Term < state.Term || entry.UnixMilliseconds < state.Time)
        {
            throw new InvalidOperationException($"entry {entry} after {state.Index} of term {state.Term} at {state.Time}");
        }

        var (hash, values) = (state.Hash, state.Values);
        for (var i = 0; i < entry.Commands.Count; i++)
        {
            var command = Encoding.UTF8.GetString(entry.Commands[i].Span);
            var (key, value) = command.Split('=') is [var k, var v] ? (k, v) : throw new InvalidOperationException($"unknown command {command}");
            values.TryGetValue(key, out var previous);
            values = values.SetItem(key, value);
            hash = Mix(hash, entry.Index, entry.Term, entry.UnixMilliseconds, command);
            results[i] = new PutResult(entry.Index, i, previous, values.Count);
        }

        if (entry.Commands.Count > 0)
        {
            Entries.Add((entry.Index, entry.Commands.Count));
        }

        Volatile.Write(ref _state, new TestState(entry.Index, entry.Term, entry.UnixMilliseconds, hash, values));
        Leave();
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        Enter();
        disk.Flush(_state);
        Leave();
        return ValueTask.CompletedTask;
    }

    public IStateSnapshot OpenSnapshot()
    {
        Enter();
        var snapshot = new Snapshot(_state);
        Leave();
        return snapshot;
    }

    public IStateInstaller BeginInstall(long index, long term) => new Installer(this, index, term);

    private static ulong Mix(ulong hash, long index, long term, long time, string command)
    {
        foreach (var c in $"{index}/{term}/{time}/{command}")
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
        {
            throw new InvalidOperationException("two threads in the state machine");
        }
    }

    private void Leave() => Volatile.Write(ref _inside, 0);

    private sealed class Snapshot(TestState state) : IStateSnapshot
    {
        private readonly IEnumerator<string> _lines = Lines(state).GetEnumerator();

        public long Index => state.Index;

        public long Term => state.Term;

        public ReadOnlyMemory<byte> ReadNext(int maxBytes)
        {
            var piece = new ArrayBufferWriter<byte>();
            while (piece.WrittenCount < maxBytes / 64 && _lines.MoveNext()) // small pieces: many of them
            {
                piece.Write(Encoding.UTF8.GetBytes(_lines.Current + "\n"));
            }

            return piece.WrittenMemory;
        }

        public void Dispose() => _lines.Dispose();

        private static IEnumerable<string> Lines(TestState state)
        {
            yield return $"{state.Time}={state.Hash}";
            foreach (var (key, value) in state.Values)
            {
                yield return $"{key}={value}";
            }
        }
    }

    private sealed class Installer(TestMachine machine, long index, long term) : IStateInstaller
    {
        private readonly StringBuilder _received = new();

        public ValueTask AddAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
        {
            _received.Append(Encoding.UTF8.GetString(piece.Span));
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync(CancellationToken cancellation)
        {
            var lines = _received.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')).ToArray();
            var state = new TestState(
                index,
                term,
                long.Parse(lines[0][0], System.Globalization.CultureInfo.InvariantCulture),
                ulong.Parse(lines[0][1], System.Globalization.CultureInfo.InvariantCulture),
                lines.Skip(1).ToImmutableDictionary(line => line[0], line => line[1]));
            machine.Enter();
            machine._state = state;
            machine.Leave();
            machine.Flush(state);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private void Flush(TestState state) => disk.Flush(state);
}

namespace MfsHa.Consensus.Tests.Measurements;

/// <summary>Does nothing but count, so that what is measured is consensus.</summary>
internal sealed class CountingMachine : IReplicatedStateMachine
{
    private static readonly object Result = new();
    private long _applied;

    public long AppliedIndex => Volatile.Read(ref _applied);

    public long DurableIndex { get; private set; }

    public void Apply(in AppliedEntry entry, Span<object?> results)
    {
        results.Fill(Result);
        Volatile.Write(ref _applied, entry.Index);
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        DurableIndex = AppliedIndex;
        return ValueTask.CompletedTask;
    }

    public IStateSnapshot OpenSnapshot() => throw new NotSupportedException();

    public IStateInstaller BeginInstall(long index, long term) => throw new NotSupportedException();
}

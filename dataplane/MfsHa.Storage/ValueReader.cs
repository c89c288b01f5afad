namespace MfsHa.Storage;

/// <summary>Sees a stored value in place; <paramref name="value"/> is valid during the call only.</summary>
public delegate TResult ValueReader<in TState, out TResult>(ReadOnlySpan<byte> value, TState state)
    where TState : allows ref struct;

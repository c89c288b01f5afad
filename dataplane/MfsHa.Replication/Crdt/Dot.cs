namespace MfsHa.Replication.Crdt;

/// <summary>Names one event: the n-th of one origin.</summary>
/// <param name="Origin">Who made it; numbers its events without gaps.</param>
/// <param name="Sequence">From 1.</param>
/// <typeparam name="TOrigin">Identifies an origin.</typeparam>
public readonly record struct Dot<TOrigin>(TOrigin Origin, long Sequence)
    where TOrigin : notnull;

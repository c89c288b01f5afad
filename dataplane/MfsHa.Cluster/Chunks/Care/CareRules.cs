namespace MfsHa.Cluster.Chunks.Care;

/// <summary>What a decision may think of.</summary>
/// <param name="Balance">True when nothing more important waits, so that copies may be moved for balance.</param>
/// <param name="AcceptableDifference">Difference of usage that needs no balance, 0..1.</param>
public readonly record struct CareRules(bool Balance, double AcceptableDifference);

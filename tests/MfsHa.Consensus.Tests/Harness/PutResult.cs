namespace MfsHa.Consensus.Tests.Harness;

/// <summary>Result of a test command.</summary>
/// <param name="Index">The log entry.</param>
/// <param name="Position">Which command of the entry it was.</param>
/// <param name="Previous">The value before.</param>
/// <param name="Count">How many keys there are after it.</param>
internal sealed record PutResult(long Index, int Position, string? Previous, int Count);

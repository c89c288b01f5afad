namespace MfsHa.Consensus.Log;

/// <summary>An append of a leader whose term is over. Nothing was appended.</summary>
internal sealed class StaleTermException(long term, long current) : Exception($"append in term {term}, but the term is {current}");

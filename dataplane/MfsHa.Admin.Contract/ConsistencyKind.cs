namespace MfsHa.Admin.Contract;

/// <summary>Outcome of a comparison.</summary>
public enum ConsistencyKind
{
    /// <summary>All replicas were asked and agree.</summary>
    Same,

    /// <summary>Two replicas differ at the same index.</summary>
    Different,

    /// <summary>No difference was seen, but not every replica could be compared.</summary>
    Incomplete,
}

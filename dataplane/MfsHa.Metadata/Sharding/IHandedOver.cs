namespace MfsHa.Metadata.Sharding;

/// <summary>
/// A command that the shard which the client asks may hand over to another one, because that has the most to do. The first shard takes part in the transaction: what
/// it remembers of the request counts, and it remembers the answer.
/// </summary>
public interface IHandedOver
{
    /// <summary>True at the shard that it was handed over to.</summary>
    bool HandedOver { get; }
}

using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>Timing of the Raft groups.</summary>
/// <param name="ElectionTimeout">Time without a leader after which votes are granted.</param>
/// <param name="Heartbeat">Less than half of <paramref name="ElectionTimeout"/>.</param>
/// <param name="Priority">The node with the greater number should lead where placement has no preference.</param>
/// <param name="SyncInterval">How often applied state is made durable.</param>
/// <param name="ComparisonInterval">How often replicas are compared; zero: never.</param>
/// <param name="RebuildDamaged">A node with damaged data is built anew from the others at its next start.</param>
/// <param name="MoveBytesPerSecond">How many bytes of states are sent per second; 0: no limit.</param>
/// <param name="MovesAtOnce">How many states are taken over at once.</param>
public sealed record ConsensusConfiguration(
    TimeSpan ElectionTimeout, TimeSpan Heartbeat, int Priority, TimeSpan SyncInterval, TimeSpan ComparisonInterval, bool RebuildDamaged, long MoveBytesPerSecond, int MovesAtOnce)
{
    internal static ConsensusConfiguration From(ConfigurationValues values) => new(
        values.Get(ConsensusKeys.ElectionTimeout), values.Get(ConsensusKeys.Heartbeat), values.Get(ConsensusKeys.Priority),
        values.Get(ConsensusKeys.SyncInterval), values.Get(ConsensusKeys.ComparisonInterval), values.Get(ConsensusKeys.RebuildDamaged),
        values.Get(ConsensusKeys.MoveBytesPerSecond), values.Get(ConsensusKeys.MovesAtOnce));
}

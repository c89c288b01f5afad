namespace MfsHa.Consensus.Tests.Harness;

/// <summary>The system's clock, wrong by a constant. Timers and the monotonic clock are right.</summary>
internal sealed class SkewedClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}

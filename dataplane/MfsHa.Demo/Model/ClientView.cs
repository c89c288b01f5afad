namespace MfsHa.Demo.Model;

/// <summary>What the clients of the mount see.</summary>
/// <param name="Rate">Operations that returned within the last second.</param>
/// <param name="Total">Operations that have returned.</param>
/// <param name="Waiting">How long the oldest operation has been waiting.</param>
/// <param name="Bars">The longest operation of each time slice, oldest first.</param>
public sealed record ClientView(double Rate, long Total, TimeSpan Waiting, IReadOnlyList<TimeSpan> Bars);

namespace MfsHa.Operator.Sdk.Leadership;

/// <summary>The lease could not be renewed in time: another process may lead now.</summary>
public sealed class LeadershipLostException() : Exception("the lease was lost");

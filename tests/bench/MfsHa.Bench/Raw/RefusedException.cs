namespace MfsHa.Bench.Raw;

/// <summary>The service answered, but not what the measurement needs.</summary>
internal sealed class RefusedException(string message) : Exception(message);

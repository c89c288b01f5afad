namespace MfsHa.Demo;

/// <summary>The cluster did not hold what it promises; the message says what was seen.</summary>
public sealed class PromiseBrokenException(string message) : Exception(message);
